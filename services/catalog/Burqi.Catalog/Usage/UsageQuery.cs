using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Usage;

/// <summary>What was recorded in a time and what the provider keeps, added up by the database.</summary>
internal sealed class UsageQuery(CatalogDatabase database)
{
    // A minute begun is a minute, of the whole seconds that the provider counts in.
    private const string Minutes = "((duration_ms + 500) / 1000 + 59) / 60";

    // Months are told by their index: how many of the ends lie before. Tracks of a stream are of one conversation, so it counts once, and so
    // does an object that several rows name.
    private const string Sql =
        $"""
        with used as materialized (
            select width_bucket(recorded_at, @ends) as month, call_id, stream_id, assistant_id, recording_source, recording_type, duration_ms, object, object_bytes
            from catalog.recording_usage
            where recorded_at >= @from and recorded_at < @to)
        select
            month as Month, assistant_id as AssistantId, sum(local)::bigint as LocalMinutes, sum(provider)::bigint as ProviderMinutes, sum(bytes)::bigint as Bytes
        from (
            select min(month) as month, max(assistant_id) as assistant_id, max({Minutes}) as local, 0 as provider, 0 as bytes
            from used where recording_source = 'local' and duration_ms is not null group by call_id, stream_id
            union all
            select month, assistant_id, 0, sum({Minutes}), 0
            from used where recording_source = 'twilio' and recording_type = 'provider' and duration_ms is not null group by month, assistant_id
            union all
            select min(month), max(assistant_id), 0, 0, max(object_bytes)
            from used where object is not null group by object) as parts
        group by month, assistant_id;

        select assistant_id as AssistantId, width_bucket(recorded_at, @ends) as Since, width_bucket(provider_deleted_at, @ends) as Until, sum({Minutes})::bigint as Minutes
        from catalog.recording_usage
        where recording_source = 'twilio' and recording_type = 'provider' and duration_ms is not null
            and recorded_at < @to and (provider_deleted_at is null or provider_deleted_at >= @firstEnd)
        group by 1, 2, 3;
        """;

    public Task<(IReadOnlyList<RecordedUsage> Recorded, IReadOnlyList<KeptUsage> Kept)> ExecuteAsync(UsagePeriod period, CancellationToken cancellationToken)
    {
        var ends = period.Months.Select(month => month.End).ToArray();
        var parameters = new { from = period.From, to = period.To, ends, firstEnd = ends[0] };
        return database.ReadAsync<(IReadOnlyList<RecordedUsage>, IReadOnlyList<KeptUsage>)>(
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
                return ([.. await results.ReadAsync<RecordedUsage>()], [.. await results.ReadAsync<KeptUsage>()]);
            },
            cancellationToken);
    }
}
