using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Retention.Announce;

/// <summary>Writes down what the broker confirmed, and forgets it again where the bus may have lost it with the process.</summary>
internal sealed class ConfirmRetentionNewsCommand(CatalogDatabase database)
{
    // A tier that was asked for meanwhile is not the one that was told.
    private const string Confirm =
        """
        update catalog.recording_deletions set announced_at = clock_timestamp() where id = any (@Deletions);
        update catalog.recording_retention known set tier_announced_at = clock_timestamp()
        from unnest(cast(@Recordings as uuid[]), cast(@Tiers as text[])) as told (recording_id, tier)
        where known.recording_id = told.recording_id and known.tier_asked = told.tier
        """;

    // Of the hour before the last announcement, however long the process was away since.
    private const string Forget =
        """
        update catalog.recording_deletions set announced_at = null
        where answered_at is null and announced_at > (select max(announced_at) - @within from catalog.recording_deletions where answered_at is null);
        update catalog.recording_retention set tier_announced_at = null
        where tier_asked_at is not null and tier_answered_at is null and tier_announced_at > (
            select max(tier_announced_at) - @within from catalog.recording_retention where tier_asked_at is not null and tier_answered_at is null)
        """;

    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    public Task ExecuteAsync(IReadOnlyList<RetentionNews> told, CancellationToken cancellationToken)
    {
        var tiers = told.Where(news => news.DeletionId is null).ToArray();
        var parameters = new
        {
            Deletions = told.Select(news => news.DeletionId).OfType<Guid>().ToArray(),
            Recordings = tiers.Select(news => news.RecordingId).ToArray(),
            Tiers = tiers.Select(news => news.Tier).ToArray(),
        };
        return database.ReadAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Confirm, parameters, cancellationToken: cancellationToken)), cancellationToken);
    }

    /// <summary>What has no answer and was told lately is told again.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(Forget, new { within = Within }, cancellationToken: cancellationToken)), cancellationToken);
}
