using Burqi.Catalog.Database;
using Burqi.Contracts.Operations;
using Dapper;
using MassTransit;

namespace Burqi.Catalog.Operations;

/// <summary>The archiver says how its work stands. The latest report stays.</summary>
internal sealed class ArchiveBacklogReportedConsumer(CatalogDatabase database) : IConsumer<ArchiveBacklogReported>
{
    private const string Sql =
        """
        insert into catalog.archive_backlog as known (
            reported_at, waiting, running, dead, oldest_waiting_seconds, stuck_jobs, open_breakers, store, store_free_bytes, store_total_bytes)
        values (
            @ReportedAt, @Waiting, @Running, @Dead, @OldestWaitingSeconds, @StuckJobs::jsonb, @OpenBreakers, @Store, @StoreFreeBytes, @StoreTotalBytes)
        on conflict (is_the_only_one) do update set
            reported_at = excluded.reported_at, waiting = excluded.waiting, running = excluded.running, dead = excluded.dead,
            oldest_waiting_seconds = excluded.oldest_waiting_seconds, stuck_jobs = excluded.stuck_jobs, open_breakers = excluded.open_breakers,
            store = excluded.store, store_free_bytes = excluded.store_free_bytes, store_total_bytes = excluded.store_total_bytes
        where known.reported_at < excluded.reported_at
        """;

    public Task Consume(ConsumeContext<ArchiveBacklogReported> context)
    {
        var report = context.Message;
        var parameters = new
        {
            ReportedAt = report.ReportedAt.UtcDateTime,
            report.Waiting,
            report.Running,
            report.Dead,
            report.OldestWaitingSeconds,
            report.StuckJobs,
            report.OpenBreakers,
            report.Store,
            report.StoreFreeBytes,
            report.StoreTotalBytes,
        };
        return database.WriteAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: context.CancellationToken)),
            context.CancellationToken);
    }
}
