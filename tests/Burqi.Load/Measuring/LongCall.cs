using System.Diagnostics;
using Burqi.Load.Generator;
using Burqi.Load.Servers;

namespace Burqi.Load.Measuring;

/// <summary>
/// One long call, sent much faster than it was spoken: up to a limit, since beyond it the server's memory tells how fast its disk is and
/// nothing else.
/// </summary>
internal static class LongCall
{
    private const int FramesPerSecond = 50;
    private const int MemorySamples = 40;
    private const double Speed = 600;

    private static readonly TimeSpan FinalLimit = TimeSpan.FromMinutes(5);

    public static async Task<LongCallResult> RunAsync(TimeSpan length, string format = "wav")
    {
        using var folder = new LoadFolder();
        await LoadAssistant.WriteAsync(folder.Path, format);
        await using var server = await ServerUnderLoad.StartAsync(ServerKind.Media, folder.Path);
        await WarmUpAsync(server);
        var before = server.CpuSeconds;
        using var call = new CallSocket(0, CallSocket.NewRun(), framesPerWrite: FramesPerSecond);
        await call.OpenAsync(server.Address, LoadAssistant.Parameters);
        var seconds = (int)length.TotalSeconds;
        var memory = new List<long>();
        var clock = Stopwatch.StartNew();
        for (var second = 0; second < seconds; second++)
        {
            call.Send(FramesPerSecond);
            if (second / Speed - clock.Elapsed.TotalSeconds is var ahead and > 0.005)
            {
                await Task.Delay(TimeSpan.FromSeconds(ahead));
            }

            if (second % Math.Max(1, seconds / MemorySamples) == 0)
            {
                memory.Add(server.Memory.Private);
            }
        }

        call.Finish();
        await call.WhenClosedAsync();
        var recorded = await RecordingCheck.CountAsync(server.Recordings, [call.CallSid], FinalLimit);
        return new LongCallResult(
            length,
            memory,
            server.CpuSeconds - before,
            call.FramesSent,
            recorded,
            format == "wav" ? RecordingCheck.CompareSamples(server.Recordings, call.Number, call.CallSid, call.Frames) : null,
            Directory.GetFiles(Path.Combine(server.Recordings, call.CallSid)).Length);
    }

    /// <summary>A first call, so that what is measured is not the compiler.</summary>
    private static async Task WarmUpAsync(ServerUnderLoad server)
    {
        using var call = new CallSocket(1, CallSocket.NewRun(), framesPerWrite: FramesPerSecond);
        await call.OpenAsync(server.Address, LoadAssistant.Parameters);
        for (var second = 0; second < 120; second++)
        {
            call.Send(FramesPerSecond);
        }

        call.Finish();
        await call.WhenClosedAsync();
        await RecordingCheck.CountAsync(server.Recordings, [call.CallSid], FinalLimit);
    }
}

/// <summary>What a long call showed.</summary>
/// <param name="Length">Of the call, by its timestamps.</param>
/// <param name="PrivateKib">The server's private memory over the call, in KiB.</param>
/// <param name="CpuSeconds">The server's, until the files were final.</param>
/// <param name="FramesSent">On both tracks.</param>
/// <param name="Recorded">What the manifest says.</param>
/// <param name="Difference">Where the files are not what was sent; null where they are, or were not compared.</param>
/// <param name="Files">How many files the call's folder holds.</param>
internal sealed record LongCallResult(
    TimeSpan Length, IReadOnlyList<long> PrivateKib, double CpuSeconds, long FramesSent, RecordedFrames Recorded, string? Difference, int Files)
{
    /// <summary>What memory grew by between the first quarter of the call and the last, in KiB: medians, since a collection may come at any time.</summary>
    public double GrowthKib => Median([.. PrivateKib.Skip(PrivateKib.Count * 3 / 4)]) - Median([.. PrivateKib.Take(PrivateKib.Count / 4)]);

    public bool IsWhole => Recorded.Finished == 1 && Recorded.Received == FramesSent && Recorded.Lost == 0 && Recorded.Gaps == 0 && Difference is null;

    private static double Median(long[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? 0 : values[values.Length / 2];
    }
}
