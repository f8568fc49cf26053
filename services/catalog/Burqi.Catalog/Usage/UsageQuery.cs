using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Usage;

/// <summary>What was recorded in a time and what the provider keeps, added up by the database.</summary>
internal sealed class UsageQuery(CatalogDatabase database)
{
    // Months are told by their index: how many of the ends lie before.
    private const string Sql =
        $"""
        select
            width_bucket(recorded_at, @ends) as Month,
            assistant_id as AssistantId,
            coalesce(sum({CountedMinutes}) filter (where recording_source = 'local'), 0)::bigint as LocalMinutes,
            coalesce(sum({CountedMinutes}) filter (where recording_source = 'twilio' and recording_type = 'provider'), 0)::bigint as ProviderMinutes,
            coalesce(sum(counted_bytes), 0)::bigint as Bytes
        from catalog.recording_usage
        where recorded_at >= @from and recorded_at < @to
        group by 1, 2;

        select assistant_id as AssistantId, width_bucket(recorded_at, @ends) as Since, width_bucket(provider_deleted_at, @ends) as Until, sum({Minutes})::bigint as Minutes
        from catalog.recording_usage
        where recording_source = 'twilio' and recording_type = 'provider' and duration_ms is not null
            and recorded_at < @to and (provider_deleted_at is null or provider_deleted_at >= @firstEnd)
        group by 1, 2, 3;
        """;

    // A minute begun is a minute, of the whole seconds that the provider counts in.
    private const string CountedMinutes = "((counted_ms + 500) / 1000 + 59) / 60";
    private const string Minutes = "((duration_ms + 500) / 1000 + 59) / 60";

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
