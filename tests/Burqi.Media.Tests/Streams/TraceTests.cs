using System.Collections.Concurrent;
using System.Diagnostics;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Streams;

public sealed class TraceTests
{
    [Fact]
    public async Task Stream_WithTheCallsTraceParent_JoinsItsTrace()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MediaTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(
            host, parameters: new(StringComparer.Ordinal) { ["traceparent"] = $"00-{trace}-b7ad6b7169203331-01" });
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);

        manifest.TraceParent!.ShouldStartWith($"00-{trace}-");
        await Eventually.BecomesTrueAsync(() => Names(spans, trace).Distinct().Count() == 2);
        Names(spans, trace).Distinct().Order().ShouldBe(["media announce", "media stream"]);
    }

    [Fact]
    public async Task Stream_WithANonsensicalTraceParent_IsRecordedAllTheSame()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host, parameters: new(StringComparer.Ordinal) { ["traceparent"] = "nonsense" });
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        (await host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(100);
    }

    private static IEnumerable<string> Names(IEnumerable<Activity> spans, string trace) =>
        spans.Where(span => span.TraceId.ToHexString() == trace).Select(span => span.OperationName);
}
