using Burqi.Catalog.Completeness;
using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Operations;

/// <summary>How everything stands, as far as the tables know: a few short reads of indexes, whatever there is to list.</summary>
internal sealed class OperationsQuery(CatalogDatabase database)
{
    /// <summary>How many of a kind are listed.</summary>
    public const int MostItems = 50;

    /// <summary>How far back what went wrong is listed.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    // More than can be recorded at once: a count that is no count of all rows.
    private const int MostCounted = 10_000;

    private const string Sql =
        $"""
        select
            clock_timestamp() as AsOf,
            (select count(*) from (select from catalog.calls where status = 'in-progress' limit @MostCounted) live) as CallsInProgress,
            (select count(*) from (select from catalog.recordings where status = '{RecordingStatuses.Recording}' limit @MostCounted) live) as Recording,
            (select count(*) from (select from catalog.recordings where status = '{RecordingStatuses.Captured}' limit @MostCounted) waiting) as Captured,
            (select count(*) from (select from catalog.recordings where status = '{RecordingStatuses.Archiving}' limit @MostCounted) moving) as Archiving,
            (select count(*) from catalog.recordings where status = '{RecordingStatuses.Failed}' and listed_at >= now() - @Lately) as Failed,
            (select count(*) from catalog.calls where completeness = '{CompletenessStates.Missing}' and listed_at >= now() - @Lately) as Missing,
            (select count(*) from catalog.calls where completeness = '{CompletenessStates.Incomplete}' and listed_at >= now() - @Lately) as Incomplete;

        select live.call_id as CallId, live.provider as Provider, live.assistant_id as AssistantId, call.from_address as FromAddress,
            call.to_address as ToAddress, live.started_at as StartedAt, live.types as RecordingTypes, live.sources as RecordingSources
        from (
            select call_id, min(provider) as provider, min(assistant_id) as assistant_id, min(listed_at) as started_at,
                array_agg(distinct recording_type order by recording_type) as types, array_agg(distinct recording_source order by recording_source) as sources
            from (
                select call_id, provider, assistant_id, listed_at, recording_type, recording_source
                from catalog.recordings where status = '{RecordingStatuses.Recording}' order by listed_at desc, id desc limit @MostItems * 6) latest
            group by call_id
            order by started_at desc, call_id
            limit @MostItems) live
        left join catalog.calls call on call.call_id = live.call_id
        order by live.started_at desc, live.call_id;

        select call_id as CallId, provider as Provider, assistant_id as AssistantId, from_address as FromAddress, to_address as ToAddress,
            started_at as StartedAt, ended_at as EndedAt, completeness as Completeness, completeness_reason as Reason
        from (
            (select * from catalog.calls where completeness = '{CompletenessStates.Missing}' and listed_at >= now() - @Lately
             order by listed_at desc, call_id desc limit @MostItems)
            union all
            (select * from catalog.calls where completeness = '{CompletenessStates.Incomplete}' and listed_at >= now() - @Lately
             order by listed_at desc, call_id desc limit @MostItems)) lacking
        order by listed_at desc, call_id desc
        limit @MostItems;

        select id as RecordingId, call_id as CallId, recording_type as RecordingType, recording_source as RecordingSource, listed_at as StartedAt,
            recording_metadata ->> 'reason' as Reason
        from catalog.recordings where status = '{RecordingStatuses.Failed}' and listed_at >= now() - @Lately
        order by listed_at desc, id desc
        limit @MostItems;

        select reported_at as ReportedAt, now() - reported_at > @Stale as IsStale, waiting as Waiting, running as Running, dead as Dead,
            oldest_waiting_seconds as OldestWaitingSeconds, stuck_jobs::text as StuckText, open_breakers as OpenBreakersText, store as Store,
            store_free_bytes as StoreFreeBytes, store_total_bytes as StoreTotalBytes
        from catalog.archive_backlog;

        select node as Node, reported_at as ReportedAt, now() - reported_at > @Stale as IsStale, active_streams as ActiveStreams,
            disk_total_bytes as DiskTotalBytes, disk_free_bytes as DiskFreeBytes
        from catalog.media_nodes order by node;

        select measured_at as MeasuredAt, stores::text as StoresText from catalog.store_use;
        """;

    // Reports come each minute; one may be lost.
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(3);

    public Task<OperationsReport> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var parameters = new { MostItems, MostCounted, Lately, Stale };
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
            var counts = await results.ReadSingleAsync<OperationsCounts>();
            return new OperationsReport
            {
                AsOf = counts.AsOf,
                Counts = counts,
                Active = [.. await results.ReadAsync<ActiveCall>()],
                Lacking = [.. await results.ReadAsync<LackingCall>()],
                Failed = [.. await results.ReadAsync<FailedRecording>()],
                Jobs = await results.ReadSingleOrDefaultAsync<ArchiveBacklog>(),
                MediaNodes = [.. await results.ReadAsync<MediaNode>()],
                StoreUse = await results.ReadSingleOrDefaultAsync<StoreUse>(),
            };
        },
        cancellationToken);
}
