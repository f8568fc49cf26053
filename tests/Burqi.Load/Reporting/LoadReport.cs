using System.Globalization;
using System.Text;
using Burqi.Load.Measuring;

namespace Burqi.Load.Reporting;

/// <summary>A run in words.</summary>
internal static class LoadReport
{
    public static string Line(Measurement result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.CpuMsPerCallMinute,7:0} ms CPU per call-minute, {result.WholeCpuMsPerCallMinute,7:0} with opening and finalizing, {result.PrivateKibPerCall,6:0} KiB a call, idle {result.Idle.Private / 1024,4} MiB{(result.IsWhole ? "" : "  NOT WHOLE")}");

    public static string Describe(Measurement result)
    {
        var text = new StringBuilder();
        void Say(FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
        Say($"{result.Calls} two-track calls for {result.Length.TotalSeconds:0} s: {result.FramesSent} frames sent");
        if (result.Recorded is { } recorded)
        {
            Say($"recorded: {recorded.Received} frames in {recorded.Finished} calls, {recorded.Lost} messages lost or refused, {recorded.Gaps} gaps");
            Say($"user, assistant and mixed of {result.Compared} calls, sample by sample: {result.Difference ?? "as sent"}");
        }

        Say($"server: {result.Cores:0.00} cores, {result.CpuMsPerCallMinute:0} ms CPU per call-minute ({result.WholeCpuMsPerCallMinute:0} with opening and finalizing)");
        Say($"memory: {result.Idle.Private / 1024} MiB private before the first call, {result.Steady.Private / 1024} MiB under load ({result.Steady.Resident / 1024} MiB resident)");
        Say($"generator: {result.WorstLatenessMs} ms late at the worst, {result.Refused} writes put off because the server lagged");
        text.Append(result.IsWhole ? "nothing was lost" : "SOMETHING WAS LOST");
        return text.ToString();
    }

    public static string Describe(LongCallResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"A call of {result.Length.TotalHours:0.#} h, sent 600 times as fast as it was spoken: {result.FramesSent} frames sent, {result.Recorded.Received} recorded, files {result.Difference ?? "as sent"}; private memory {result.PrivateKib.Min() / 1024.0:0.0} to {result.PrivateKib.Max() / 1024.0:0.0} MiB, from its first quarter to its last {result.GrowthKib:+0;-0;0} KiB; {result.CpuSeconds / result.Length.TotalMinutes * 1000:0} ms CPU per minute.");

    /// <summary>What MP3 costs beyond WAV. A call has three recordings, each as long as the call.</summary>
    public static string DescribeMp3(LongCallResult wav, LongCallResult mp3) => string.Create(
        CultureInfo.InvariantCulture,
        $"MP3: {(mp3.CpuSeconds - wav.CpuSeconds) / (3 * mp3.Length.TotalMinutes):0.000} CPU-seconds per minute of mono audio (a call of {mp3.Length.TotalMinutes:0} min, three recordings, less the same call as WAV).");

    public static string Describe(TeeResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"Tee, {result.Calls} two-way calls: a message reaches the agent after {result.Direct.Median:0.00} ms (p99 {result.Direct.Percentile99:0.00}) straight from the provider, after {result.Relayed.Median:0.00} ms (p99 {result.Relayed.Percentile99:0.00}) through the recorder; {result.Relayed.Received} of {result.Relayed.Sent} messages relayed.");
}
