using Burqi.Archiver.Database;
using Burqi.Archiver.Sources.Twilio;
using Dapper;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>The accounts whose recordings were fetched of late: whatever signed in for that may list them as well.</summary>
internal sealed class TwilioAccountsQuery(ArchiverDatabase database)
{
    // account_sid is TwilioDetails' name for it.
    private const string Sql =
        """
        select distinct source_details ->> 'account_sid'
        from archiver.jobs
        where updated_at > now() - @within and source_kind = @Kind and status = 'completed' and source_details ->> 'account_sid' is not null
        limit 1000
        """;

    public async Task<IReadOnlyList<string>> ExecuteAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            Sql, new { within, Kind = TwilioRecordingSource.SourceKind }, cancellationToken: cancellationToken))).AsList();
    }
}
