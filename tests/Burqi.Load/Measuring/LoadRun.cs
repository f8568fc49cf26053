using System.Diagnostics;
using Burqi.Load.Generator;
using Burqi.Load.Servers;

namespace Burqi.Load.Measuring;

/// <summary>One server under real-time load.</summary>
internal static class LoadRun
{
    private const int ComparedCalls = 8;

    private static readonly TimeSpan FinalLimit = TimeSpan.FromMinutes(3);

    public static async Task<Measurement> MeasureAsync(ServerKind kind, int calls, TimeSpan warmUp, TimeSpan window)
    {
        using var folder = new LoadFolder();
        await using var server = await ServerUnderLoad.StartAsync(kind, folder.Path);
        return await MeasureAsync(server, calls, warmUp, window);
    }

    private static async Task<Measurement> MeasureAsync(ServerUnderLoad server, int calls, TimeSpan warmUp, TimeSpan window)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        var idle = server.Memory;
        var cpuBefore = server.CpuSeconds;
        var length = Stopwatch.StartNew();
        await using var load = await LoadGenerator.StartAsync(server.Address, calls);
        await Task.Delay(warmUp);

        var cpu = server.CpuSeconds;
        var clock = Stopwatch.StartNew();
        var memory = new List<MemoryUse>();
        while (clock.Elapsed < window)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            memory.Add(server.Memory);
        }

        cpu = server.CpuSeconds - cpu;
        var elapsed = clock.Elapsed;
        await load.StopAsync();
        length.Stop();
        await load.FinishAsync();
        var recorded = server.Kind == ServerKind.Media
            ? await RecordingCheck.CountAsync(server.Recordings, [.. load.Calls.Select(call => call.CallSid)], FinalLimit)
            : null;
        var wholeCpu = server.CpuSeconds - cpuBefore;
        var compared = load.Calls.Where((_, i) => i % Math.Max(1, calls / ComparedCalls) == 0).ToArray();
        return new Measurement
        {
            Calls = calls,
            Window = elapsed,
            CpuSeconds = cpu,
            WholeCpuSeconds = wholeCpu,
            Length = length.Elapsed,
            Idle = idle,
            Steady = new MemoryUse(Median(memory, m => m.Resident), Median(memory, m => m.Private)),
            FramesSent = load.FramesSent,
            Recorded = recorded,
            Compared = recorded is null ? 0 : compared.Length,
            Difference = recorded is null
                ? null
                : compared.Select(call => RecordingCheck.CompareSamples(server.Recordings, call.Number, call.CallSid, call.Frames)).FirstOrDefault(difference => difference is not null),
            Refused = load.Refused,
            WorstLatenessMs = load.WorstLatenessMs,
        };
    }

    private static long Median(List<MemoryUse> samples, Func<MemoryUse, long> value) => samples.Select(value).Order().ElementAt(samples.Count / 2);
}
