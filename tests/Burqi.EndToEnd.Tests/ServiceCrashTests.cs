using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Calls;

namespace Burqi.EndToEnd.Tests;

/// <summary>kill -9 of one service, its restart, and the broker away: the call goes on and ends as the same rows, none missing, none doubled.</summary>
[Collection(DistributedCollection.Name)]
public sealed class ServiceCrashTests(DistributedStack stack) : IDisposable
{
    private readonly HttpClient api = stack.CreateApiClient();

    /// <summary>
    /// Seconds of call time at which the kill comes. Infinity is the moment the call and its callbacks are over, when the recordings are
    /// on their way to the store.
    /// </summary>
    public static TheoryData<string, double> Crashes()
    {
        var crashes = new TheoryData<string, double>();
        foreach (var service in new[] { "ingress", "media", "archiver", "catalog" })
        {
            foreach (var moment in new[] { 1.5, 4.5, double.PositiveInfinity })
            {
                crashes.Add(service, moment);
            }
        }

        return crashes;
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Service_KilledAndRestarted_EndsWithTheSameRows(string service, double atSecondOfTheCall)
    {
        var process = service switch
        {
            "ingress" => stack.Ingress,
            "media" => stack.Media,
            "archiver" => stack.Archiver,
            _ => stack.Catalog,
        };

        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));
        if (double.IsFinite(atSecondOfTheCall))
        {
            await call.WhenReachesAsync(TimeSpan.FromSeconds(atSecondOfTheCall));
            await Evidence.CaptureBeganAsync(stack.RecordingsFolder, call.CallSid);
        }
        else
        {
            await call.Completion;
        }

        await process.KillAsync();
        await process.StartAsync();
        await call.Completion;

        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, _) = Evidence.Expected(call);
        var capturedUser = await Evidence.SamplesAsync(api, call.CallSid, rows["user"]);
        var capturedAssistant = await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"]);
        if (service == "media" && double.IsFinite(atSecondOfTheCall))
        {
            // The stream died with the node. The simulator's clock runs four times as fast as the flusher's: 250 ms are a second of the call.
            var kept = TimeSpan.FromSeconds(atSecondOfTheCall - 1.25);
            capturedUser.ShouldHoldTheBeginningOf(user, kept);
            capturedAssistant.ShouldHoldTheBeginningOf(assistant, kept);
        }
        else
        {
            capturedUser.ShouldHold(user);
            capturedAssistant.ShouldHold(assistant);
        }
    }

    [Fact]
    public async Task Broker_Away_CallGoesOnAndEveryRowAppearsOnceItIsBack()
    {
        await stack.Broker.KillAsync();
        SimulatedCall call;
        try
        {
            call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));
        }
        finally
        {
            await stack.Broker.RestartAsync();
        }

        call.Status.ShouldBe("completed");
        call.Errors.ShouldBeEmpty();
        call.Exchanges.ShouldAllBe(exchange => exchange.Delivered);
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, _, _) = Evidence.Expected(call);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(user);
    }

    [Fact]
    public async Task Broker_KilledMidCall_EndsWithTheSameRows()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(3));
        await stack.Broker.KillAsync();
        await stack.Broker.RestartAsync();
        await call.Completion;

        call.Errors.ShouldBeEmpty();
        await Evidence.FourCompletedAsync(api, call.CallSid);
    }

    [Fact]
    public async Task Services_ToldToStop_EndInOrder()
    {
        foreach (var service in new[] { stack.Ingress, stack.Media, stack.Archiver, stack.Catalog })
        {
            (await service.StopAsync()).ShouldBe(0, service.Log[^Math.Min(2000, service.Log.Length)..]);
            await service.StartAsync();
        }
    }

    public void Dispose() => api.Dispose();
}
