using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.Spool;

public sealed class SpoolDrainTests
{
    [Fact]
    public async Task Post_BusAway_IsAcceptedAndPublishedInOrderWhenItIsBack()
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;

        await PostCallsAsync(host, 0, 20);
        host.Spool.PendingCount.ShouldBe(20);
        host.Events.All.ShouldBeEmpty();
        host.Bus.State = BusState.Up;

        (await host.Events.WaitForAsync(20)).Cast<CallEnded>().Select(call => call.CallId).ShouldBe(Enumerable.Range(0, 20).Select(CallId));
        await Eventually.BecomesTrueAsync(() => host.Spool.PendingCount == 0);
        Directory.GetFiles(host.Spool.Directory, "*.json").ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_BusKnownToBeAway_DoesNotWaitForIt()
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_INGRESS_CALLBACK_DEADLINE_MS", "6000"));
        host.Bus.State = BusState.Down;
        await PostCallsAsync(host, 0, 1);
        host.Bus.State = BusState.Silent;
        var clock = Stopwatch.StartNew();

        await PostCallsAsync(host, 1, 5);

        // Each would have taken the whole deadline.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(6));
        host.Spool.PendingCount.ShouldBe(6);
    }

    [Fact]
    public async Task Post_WhileTheSpoolIsDrained_StaysBehindWhatCameFirst()
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;
        await PostCallsAsync(host, 0, 10);
        host.Bus.State = BusState.Up;

        await PostCallsAsync(host, 10, 30);

        (await host.Events.WaitForAsync(40)).Cast<CallEnded>().Select(call => call.CallId).ShouldBe(Enumerable.Range(0, 40).Select(CallId));
    }

    [Fact]
    public async Task Drain_SpooledEvent_KeepsTheTraceOfItsWebhook()
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;
        using var response = await host.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice());
        var twiml = XDocument.Parse(await response.Content.ReadAsStringAsync());
        host.Bus.State = BusState.Up;

        var started = await host.Events.SingleAsync<CallStarted>();

        ActivityContext.TryParse(twiml.Descendants("Parameter").Single(parameter => parameter.Attribute("name")!.Value == "traceparent").Attribute("value")!.Value, null, out var trace).ShouldBeTrue();
        host.Events.TraceOf(started).ShouldBe(trace.TraceId);
    }

    [Fact]
    public async Task Start_SpoolLeftByAnEarlierLifeWithATornFile_PublishesTheRestInOrder()
    {
        string data;
        await using (var host = await IngressHost.StartAsync())
        {
            data = host.DataDirectory;
            host.Bus.State = BusState.Down;
            await PostCallsAsync(host, 0, 3);
            using var torn = File.OpenWrite(Directory.GetFiles(host.Spool.Directory, "*.json").Order(StringComparer.Ordinal).ElementAt(1));
            torn.SetLength(torn.Length / 2);
        }

        await using var again = await IngressHost.StartAsync(data);

        (await again.Events.WaitForAsync(2)).Cast<CallEnded>().Select(call => call.CallId).ShouldBe([CallId(0), CallId(2)]);
        await Eventually.BecomesTrueAsync(() => again.Spool.PendingCount == 0);
        again.Logs.Count(2101).ShouldBe(1);
        (await again.HealthAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Start_BusInMemory_RepeatsWhatWasPublishedBeforeTheEnd()
    {
        string data;
        await using (var host = await IngressHost.StartAsync())
        {
            data = host.DataDirectory;
            await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus());
            await host.Twilio.StatusOfAsync("/twilio/recording-status", TwilioClient.RecordingStatus());
            await host.Events.WaitForAsync(2);
        }

        await using var again = await IngressHost.StartAsync(data);

        (await again.Events.WaitForAsync(2)).Select(message => message.GetType()).ShouldBe([typeof(CallEnded), typeof(ProviderRecordingReady)]);
        await Eventually.BecomesTrueAsync(() => Directory.GetFiles(again.Spool.JournalDirectory).Length == 2);
    }

    [Fact]
    public async Task Post_BusAndDiskAway_AsksTwilioToRepeatIt()
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;
        Directory.Delete(host.Spool.Directory, recursive: true);

        (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus())).ShouldBe(HttpStatusCode.InternalServerError);
        (await host.Twilio.StatusOfAsync("/twilio/recording-status", TwilioClient.RecordingStatus())).ShouldBe(HttpStatusCode.InternalServerError);

        host.Logs.Count(2112).ShouldBe(2);
    }

    [Fact]
    public async Task Post_DiskAwayAlone_IsPublished()
    {
        await using var host = await IngressHost.StartAsync();
        Directory.Delete(host.Spool.Directory, recursive: true);

        (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus())).ShouldBe(HttpStatusCode.NoContent);

        await host.Events.SingleAsync<CallEnded>();
    }

    [Fact]
    public async Task Post_SpoolFullAndBusBack_IsPublishedDirectly()
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_INGRESS_SPOOL_LIMIT_MB", "1"));
        host.Bus.State = BusState.Down;
        var filled = 0;
        while (await host.Twilio.StatusOfAsync("/twilio/call-status", Call(filled, padding: 450)) == HttpStatusCode.NoContent)
        {
            (++filled).ShouldBeLessThan(5000);
        }

        filled.ShouldBeGreaterThan(10);
        host.Bus.State = BusState.Up;

        (await host.Twilio.StatusOfAsync("/twilio/call-status", Call(filled, padding: 450))).ShouldBe(HttpStatusCode.NoContent);
        var calls = await host.Events.WaitForAsync(filled + 1);
        calls.Cast<CallStarted>().Select(call => call.CallId).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, filled + 1).Select(CallId));
    }

    [Fact]
    public async Task Ready_EventsWaitOrTheDiskIsGone_SaysWhetherOneMoreWouldBeKept()
    {
        await using var host = await IngressHost.StartAsync();
        (await host.HealthAsync()).ShouldBe(HttpStatusCode.OK);

        host.Bus.State = BusState.Down;
        await PostCallsAsync(host, 0, 1);
        (await host.HealthAsync()).ShouldBe(HttpStatusCode.OK);

        Directory.Delete(host.Spool.Directory, recursive: true);
        await Eventually.BecomesTrueAsync(async () => await host.HealthAsync() == (host.Spool.PendingCount > 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
    }

    [Fact]
    public async Task Metrics_OfAWholeDay_TellWhatHappened()
    {
        await using var host = await IngressHost.StartAsync();
        using var metrics = host.Measure();

        await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus());
        await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("CallSid", "x")));
        using var unsigned = await host.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice(), signature: null);
        using var forged = await host.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice(), "0G74lIftggfgg4kRAsfOg2nitvQ=");
        host.Bus.State = BusState.Down;
        await PostCallsAsync(host, 0, 2);

        metrics.Sum("burqi.ingress.webhooks", "kind=twilio-call-status", "outcome=accepted").ShouldBe(3);
        metrics.Sum("burqi.ingress.webhooks", "kind=twilio-call-status", "outcome=rejected").ShouldBe(1);
        metrics.Sum("burqi.ingress.webhooks", "kind=twilio-voice", "outcome=forged").ShouldBe(2);
        metrics.Sum("burqi.ingress.webhooks.forged", "reason=unsigned").ShouldBe(1);
        metrics.Sum("burqi.ingress.webhooks.forged", "reason=wrong_signature").ShouldBe(1);
        metrics.Sum("burqi.ingress.spool.written", "type=CallEnded").ShouldBe(2);
        metrics.Gauge("burqi.ingress.spool.depth").ShouldBe(2);
        metrics.Gauge("burqi.ingress.spool.size").ShouldBeGreaterThan(200);
        metrics.Count("burqi.ingress.publish.duration").ShouldBeGreaterThanOrEqualTo(2);
    }

    private static async Task PostCallsAsync(IngressHost host, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("CallSid", CallId(number))))).ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private static (string, string)[] Call(int number, int padding) =>
        TwilioClient.CallStatus(("CallSid", CallId(number)), ("CallStatus", "ringing"), ("To", "client:" + new string('x', padding)));

    private static string CallId(int number) => $"CA{number:D32}";
}
