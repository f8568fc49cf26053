using System.Globalization;
using System.Text;

namespace Burqi.Load.Catalog;

/// <summary>The catalog's figures as a part of the page.</summary>
internal static class CatalogReport
{
    public static string Table(CatalogResult result)
    {
        var text = new StringBuilder();
        var bare = QueryRun.Percentile(result.Queries.Bare, 0.5);
        var bare99 = QueryRun.Percentile(result.Queries.Bare, 0.99);
        Line($"{result.Recordings} recordings, {result.Bytes / 1073741824.0:0.0} GiB. In the same run, the bare lookup of a row by its key: median {bare:0.00} ms, p99 {bare99:0.00} ms.");
        Line($"");
        Line($"| list over HTTP | median of first pages, ms | of the bare lookup | p99 of the slowest kind of page, ms | which |");
        Line($"|---|---|---|---|---|");
        foreach (var filter in result.Queries.Filters)
        {
            Line($"| {filter.List}: {filter.Name}{(filter.Key.Length > 0 ? $", {filter.Key}" : "")} | {filter.Median:0.0} | {filter.Median / bare:0.0} | {filter.Percentile99:0.0} | {filter.SlowestPage} |");
        }

        Line($"");
        Line($"- Each message a row of its own: {result.New.RowsPerSecond:0} rows/s, {result.New.RowsPerSecond / result.BareRowsPerSecond:0.00} of a bare insert of one row in a transaction ({result.BareRowsPerSecond:0} rows/s, four connections); {result.New.CpuMs:0.00} ms CPU a message, of catalog and its database connections.");
        Line($"- Whole calls, 17 messages for 5 rows: {result.Whole.MessagesPerSecond:0} messages/s; {result.Whole.CpuMs:0.00} ms CPU a message.");
        text.Append(CultureInfo.InvariantCulture, $"- Peak memory of catalog's process while messages were waiting: {result.New.PeakResidentKib / 1024} MiB resident.");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
    }
}
