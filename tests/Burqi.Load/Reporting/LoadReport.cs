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
}
