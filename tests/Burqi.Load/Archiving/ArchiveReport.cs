using System.Globalization;
using System.Text;
using Burqi.Load.Reporting;

namespace Burqi.Load.Archiving;

/// <summary>The archiver beside rclone. Ratios are taken within a repeat, and then the median.</summary>
internal static class ArchiveReport
{
    public static string Table(IReadOnlyList<ArchiveSet> sets, IReadOnlyList<ArchiveResult> archiver, IReadOnlyList<ArchiveResult> rclone)
    {
        var text = new StringBuilder();
        text.AppendLine("| copied over HTTP into S3 | archiver, read back, MiB/s | rclone copyurl, MiB/s | ratio |");
        text.AppendLine("|---|---|---|---|");
        for (var set = 0; set < sets.Count; set++)
        {
            var index = set;
            Row(sets[set].Name, sets[set].Bytes, result => result.Seconds[index]);
        }

        Row("all of them", sets.Sum(set => set.Bytes), result => result.Seconds.Sum());
        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"{archiver.Count} repeats in turns; peak memory of the archiver's process {archiver.Max(result => result.PeakResidentKib) / 1024} MiB resident.");
        return text.ToString();

        void Row(string name, long bytes, Func<ArchiveResult, double> seconds)
        {
            var speed = (ArchiveResult result) => bytes / 1048576.0 / seconds(result);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {BenchReport.Median([.. archiver.Select(speed)]):0} | {BenchReport.Median([.. rclone.Select(speed)]):0} | {BenchReport.Median([.. archiver.Zip(rclone, (ours, theirs) => speed(ours) / speed(theirs))]):0.00} |"));
        }
    }
}
