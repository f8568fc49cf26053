using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Upgrade;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Calls.Track;

/// <summary>
/// Writes what a message tells of a call or of one of its recordings, and what follows from it for the others, as one change. Of one call one
/// message is written at a time, by whichever replica: what follows is worked out from all that is known, and of two that came at once neither
/// would know of the other. Rows of a call that are changed elsewhere are not locked before this lock is.
/// </summary>
internal sealed class TellOfCallCommand(CatalogDatabase database, UpgradeMixCommand upgradeMix)
{
    // For who else writes of a call. A transaction takes its snapshot anew for each statement: what is read after the lock was given sees all that was written before it.
    public const string Lock = "select pg_advisory_xact_lock(hashtextextended('burqi.catalog.call.' || @callId, 0))";

    /// <summary>What <paramref name="tell"/> returned; where that is null, nothing was written.</summary>
    public Task<string?> ExecuteAsync(string callId, Func<NpgsqlConnection, Task<string?>> tell, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(Lock, new { callId }, cancellationToken: cancellationToken));
            if (await tell(connection) is not { } told)
            {
                return null;
            }

            await upgradeMix.ExecuteAsync(connection, [callId], cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return told;
        },
        cancellationToken);
}
