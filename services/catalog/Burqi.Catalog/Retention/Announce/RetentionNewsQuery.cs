using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Retention.Announce;

/// <summary>
/// What the archiver is still to be asked for; and again what it has not answered for hours, since what it was told may have been lost with it.
/// </summary>
internal sealed class RetentionNewsQuery(CatalogDatabase database)
{
    // What a mix shows of the provider's is not its own: what was told of it is.
    private const string Of =
        """
        recording.id as RecordingId, recording.provider as Provider, recording.call_id as CallId, recording.recording_type as RecordingType,
        recording.recording_source as RecordingSource, recording.told -> 'recording_sid' ->> 2 as Sid, recording.assistant_id as AssistantId
        """;

    private const string Deletions =
        $"""
        select {Of}, deletion.id as DeletionId, deletion.reason as Reason, deletion.requested_at as RequestedAt
        from catalog.recording_deletions deletion join catalog.recordings recording on recording.id = deletion.recording_id
        where deletion.answered_at is null and (deletion.announced_at is null or deletion.announced_at < now() - @patience)
        order by deletion.announced_at nulls first
        limit @limit
        """;

    private const string Tiers =
        $"""
        select {Of}, known.tier_asked as Tier, known.tier_asked_at as RequestedAt
        from catalog.recording_retention known join catalog.recordings recording on recording.id = known.recording_id
        where known.tier_asked_at is not null and known.tier_answered_at is null and known.deletion_id is null
            and not exists (select from catalog.legal_holds hold where hold.call_id = known.call_id)
            and (known.tier_announced_at is null or known.tier_announced_at < now() - @patience)
        order by known.tier_announced_at nulls first
        limit @limit
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);

    public Task<List<RetentionNews>> ExecuteAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var parameters = new { limit, patience = Patience };
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition($"{Deletions}; {Tiers}", parameters, cancellationToken: cancellationToken));
            return (List<RetentionNews>)[.. await results.ReadAsync<RetentionNews>(), .. await results.ReadAsync<RetentionNews>()];
        },
        cancellationToken);
}
