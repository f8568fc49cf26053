using System.Net;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;

namespace Burqi.Ingress.Tests;

public sealed class PrivacyTests
{
    [Fact]
    public async Task Logs_OfAWholeScenario_HoldNoNumberTokenOrSignature()
    {
        await using var host = await IngressHost.StartAsync();
        var sent = new List<string>();

        async Task PostAsync(string target, (string Name, string Value)[] form)
        {
            sent.Add(host.Twilio.Sign(target, form));
            using var response = await host.Twilio.PostAsync(target, form);
        }

        async Task PlayAsync()
        {
            await PostAsync("/twilio/voice", TwilioClient.Voice());
            await PostAsync("/twilio/voice?to=%2B14255550123", TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.OurNumber)));
            await PostAsync("/twilio/voice", TwilioClient.Voice(("CallSid", TwilioClient.Caller)));
            await PostAsync("/twiml?assistant_id=front-desk", TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.OurNumber)));
            await PostAsync("/twiml?assistant_id=%2B14255550123", TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.OurNumber)));
            await PostAsync("/twilio/call-status", TwilioClient.CallStatus());
            await PostAsync("/twilio/call-status", TwilioClient.CallStatus(("ParentCallSid", TwilioClient.CallSid), ("CallSid", TwilioClient.ChildCallSid)));
            await PostAsync("/twilio/call-status", TwilioClient.CallStatus(("CallSid", TwilioClient.Caller)));
            await PostAsync("/twilio/stream-status", TwilioClient.StreamStatus());
            await PostAsync("/twilio/stream-status", TwilioClient.StreamStatus(("StreamEvent", "stream-error"), ("StreamError", TwilioClient.Caller)));
            await PostAsync("/twilio/recording-status", TwilioClient.RecordingStatus());
            await PostAsync("/twilio/recording-status", TwilioClient.RecordingStatus(("RecordingStatus", TwilioClient.Caller)));
            using var forged = await host.Twilio.PostAsync("/twilio/voice?to=%2B14255550123", TwilioClient.Voice(("From", TwilioClient.Caller)), sent[0]);
            forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        await PlayAsync();
        host.Bus.State = BusState.Down;
        await PlayAsync();
        var torn = Directory.GetFiles(host.Spool.Directory, "*.json").Order(StringComparer.Ordinal).ElementAt(2);
        await File.WriteAllTextAsync(torn, (await File.ReadAllTextAsync(torn))[..^20]);
        host.Bus.State = BusState.Up;
        await Eventually.BecomesTrueAsync(() => host.Spool.PendingCount == 0);
        Directory.Delete(host.Spool.Directory, recursive: true);
        host.Bus.State = BusState.Down;
        await PlayAsync();

        var lines = host.Logs.Lines.ToArray();
        // The scenario went where it was meant to: answered, told, refused, kept, set aside, drained and lost.
        foreach (var id in new[] { 2000, 2101, 2110, 2111, 2112, 2120, 2200, 2201, 2210, 2220, 2221, 2230, 2231, 2240, 2241 })
        {
            lines.ShouldContain(line => line.Id.Id == id, $"event {id} was logged");
        }

        string[] secrets =
        [
            .. new[] { TwilioClient.Caller, TwilioClient.OurNumber, TwilioClient.CallerId, TwilioClient.Callee }.Select(number => number[1..]),
            TwilioClient.AuthToken,
            .. sent.Distinct(StringComparer.Ordinal),
            "to=",
        ];
        foreach (var secret in secrets)
        {
            lines.Where(line => line.Text.Contains(secret, StringComparison.Ordinal)).Select(line => line.Text).ShouldBeEmpty();
        }
    }
}
