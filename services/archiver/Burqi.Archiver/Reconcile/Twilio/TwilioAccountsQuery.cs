using Burqi.Archiver.Database;
using Burqi.Archiver.Sources.Twilio;
using Dapper;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>The accounts whose recordings were fetched of late: what signed in for that, as an assistant of theirs says, may list them as well.</summary>
internal sealed class TwilioAccountsQuery(ArchiverDatabase database)
{
    // account_sid is TwilioDetails' name for it.
    private const string Sql =
        """
        select source_details ->> 'account_sid' as AccountId, max(assistant_id) as AssistantId
        from archiver.jobs
        where updated_at > now() - @within and source_kind = @Kind and status = 'completed' and source_details ->> 'account_sid' is not null
        group by source_details ->> 'account_sid'
        limit 1000
        """;

    public async Task<IReadOnlyList<FetchedAccount>> ExecuteAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<FetchedAccount>(new CommandDefinition(
            Sql, new { within, Kind = TwilioRecordingSource.SourceKind }, cancellationToken: cancellationToken))).AsList();
    }
}

/// <summary>An account whose recordings were fetched.</summary>
internal sealed record FetchedAccount
{
    public required string AccountId { get; init; }

    /// <summary>An assistant that took calls of it; null where none did.</summary>
    public string? AssistantId { get; init; }
}
