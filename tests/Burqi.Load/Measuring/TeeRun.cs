using System.Diagnostics;
using Burqi.Load.Generator;
using Burqi.Load.Servers;

namespace Burqi.Load.Measuring;

/// <summary>How much later a caller's frame reaches an agent that gets it through the recorder instead of straight from the provider.</summary>
internal static class TeeRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public static async Task<TeeResult> MeasureAsync(int calls, TimeSpan length)
    {
        var direct = await MeasureAsync(calls, length, throughRecorder: false);
        var relayed = await MeasureAsync(calls, length, throughRecorder: true);
        return new TeeResult(calls, direct, relayed);
    }

    private static async Task<Latencies> MeasureAsync(int calls, TimeSpan length, bool throughRecorder)
    {
        using var folder = new LoadFolder();
        await using var agent = await AgentSink.StartAsync();
        await LoadAssistant.WriteAsync(folder.Path, agentUrl: agent.Url);
        await using var server = throughRecorder ? await ServerUnderLoad.StartAsync(ServerKind.Media, folder.Path) : null;
        var run = CallSocket.NewRun();
        var sockets = Enumerable.Range(0, calls)
            .Select(number => new CallSocket(number, run, tracks: 1) { SentAt = new long[(int)((length + 3 * Pause).TotalSeconds * 50) + 100] })
            .ToArray();
        await using var load = await LoadGenerator.StartAsync(server?.Address ?? agent.Address, sockets, LoadAssistant.Parameters);
        await Task.Delay(Pause);
        var from = Stopwatch.GetTimestamp();
        await Task.Delay(length);
        var to = Stopwatch.GetTimestamp();
        await load.FinishAsync();
        var sentAt = sockets.ToDictionary(socket => socket.StreamSid, socket => socket.SentAt!);
        var received = agent.Received.Where(message => sentAt[message.StreamSid][message.Sequence] is var sent && sent >= from && sent < to).ToArray();
        var milliseconds = received.Select(message => Stopwatch.GetElapsedTime(sentAt[message.StreamSid][message.Sequence], message.At).TotalMilliseconds).Order().ToArray();
        var expected = sentAt.Values.Sum(times => times.Count(sent => sent >= from && sent < to));
        return new Latencies(At(milliseconds, 0.5), At(milliseconds, 0.99), milliseconds.Length, expected);
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
}

/// <summary>From a message's sending to its receipt, in ms.</summary>
/// <param name="Median">Of all messages.</param>
/// <param name="Percentile99">What one in a hundred exceeds.</param>
/// <param name="Received">How many reached the agent.</param>
/// <param name="Sent">How many were sent.</param>
internal sealed record Latencies(double Median, double Percentile99, int Received, int Sent);

/// <summary>The two ways to an agent.</summary>
internal sealed record TeeResult(int Calls, Latencies Direct, Latencies Relayed);
