using System.Globalization;
using System.Text;
using Burqi.Load.Measuring;
using Burqi.Load.Servers;

namespace Burqi.Load.Reporting;

/// <summary>The servers beside one another. Ratios are taken within a repeat, whose servers ran in the same minutes, and then the median.</summary>
internal static class BenchReport
{
    public static string Table(IReadOnlyDictionary<ServerKind, List<Measurement>> results)
    {
        var text = new StringBuilder();
        text.AppendLine("| server | CPU per call-minute, ms | of the bare endpoint | of Node | CPU with opening and finalizing, ms | of the bare endpoint | of Node | private memory a call, KiB |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var (kind, runs) in results)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Name(kind)} | {Median(runs, r => r.CpuMsPerCallMinute):0} | {Ratio(runs, results[ServerKind.Sink], r => r.CpuMsPerCallMinute)} | {Ratio(runs, results[ServerKind.Node], r => r.CpuMsPerCallMinute)} | {Median(runs, r => r.WholeCpuMsPerCallMinute):0} | {Ratio(runs, results[ServerKind.Sink], r => r.WholeCpuMsPerCallMinute)} | {Ratio(runs, results[ServerKind.Node], r => r.WholeCpuMsPerCallMinute)} | {Median(runs, r => r.PrivateKibPerCall):0} |"));
        }

        var media = results[ServerKind.Media];
        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"{media[0].Calls} concurrent two-track calls, {media.Count} repeats of {media[0].Window.TotalSeconds:0} s in turns. ");
        text.Append(CultureInfo.InvariantCulture, $"Frames sent to the recorder: {media.Sum(r => r.FramesSent)}; recorded: {media.Sum(r => r.Recorded?.Received ?? 0)}. ");
        text.Append(CultureInfo.InvariantCulture, $"Files compared sample by sample: {media.Sum(r => 3 * r.Compared)}, {(media.TrueForAll(r => r.Difference is null) ? "all as sent" : "NOT all as sent")}.");
        return text.ToString();
    }

    /// <summary>Puts a text between the page's markers of this name.</summary>
    public static string Replace(string page, string name, string text)
    {
        var (begin, end) = ($"<!-- {name}:begin -->", $"<!-- {name}:end -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        return from < 0 || to < from
            ? throw new InvalidDataException($"The page lacks the markers {begin} and {end}.")
            : $"{page[..(from + begin.Length)]}\n{text.TrimEnd()}\n{page[to..]}";
    }

    internal static double Median(IReadOnlyList<Measurement> runs, Func<Measurement, double> value) => Median([.. runs.Select(value)]);

    internal static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }

    private static string Ratio(List<Measurement> runs, List<Measurement> others, Func<Measurement, double> value) =>
        ReferenceEquals(runs, others)
            ? "1"
            : Median([.. runs.Zip(others, (run, other) => value(run) / value(other))]).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Name(ServerKind kind) => kind switch
    {
        ServerKind.Sink => "bare Kestrel endpoint, drops every message",
        ServerKind.Node => "Node with `ws`, decodes and writes three files",
        ServerKind.Media => "**Burqi media**, three files",
        _ => kind.ToString(),
    };
}
