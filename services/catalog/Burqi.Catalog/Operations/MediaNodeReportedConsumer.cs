using Burqi.Catalog.Database;
using Burqi.Contracts.Operations;
using Dapper;
using MassTransit;

namespace Burqi.Catalog.Operations;

/// <summary>A media node says how it stands. Of its reports the latest stays; a node that has been gone for a week is forgotten.</summary>
internal sealed class MediaNodeReportedConsumer(CatalogDatabase database) : IConsumer<MediaNodeReported>
{
    private const string Sql =
        """
        insert into catalog.media_nodes as known (node, reported_at, active_streams, disk_total_bytes, disk_free_bytes)
        values (@Node, @ReportedAt, @ActiveStreams, @DiskTotalBytes, @DiskFreeBytes)
        on conflict (node) do update set
            reported_at = excluded.reported_at, active_streams = excluded.active_streams,
            disk_total_bytes = excluded.disk_total_bytes, disk_free_bytes = excluded.disk_free_bytes
        where known.reported_at < excluded.reported_at;

        delete from catalog.media_nodes where reported_at < now() - interval '7 days' and node <> @Node;
        """;

    public Task Consume(ConsumeContext<MediaNodeReported> context)
    {
        var report = context.Message;
        var parameters = new { report.Node, ReportedAt = report.ReportedAt.UtcDateTime, report.ActiveStreams, report.DiskTotalBytes, report.DiskFreeBytes };
        return database.WriteAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: context.CancellationToken)),
            context.CancellationToken);
    }
}
