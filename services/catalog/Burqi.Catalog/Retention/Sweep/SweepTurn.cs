using Burqi.Catalog.Database;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Retention.Sweep;

/// <summary>
/// Whose turn it is to go through the policies: one replica's at a time, and once in each interval. The turn ends with the connection that
/// holds it; should two overlap after all, each decision is made under its call's lock.
/// </summary>
internal sealed class SweepTurn(CatalogDatabase database)
{
    private const string Lock = "select pg_try_advisory_lock(hashtextextended('burqi.catalog.retention', 0))";

    private const string Unlock = "select pg_advisory_unlock(hashtextextended('burqi.catalog.retention', 0))";

    private const string Take = "update catalog.retention_sweeps set started_at = now() where started_at <= now() - @interval or started_at > now() + @interval";

    // Whoever asks next takes the turn that broke off.
    private const string GiveBack = "update catalog.retention_sweeps set started_at = '-infinity'";

    /// <summary>Runs <paramref name="sweep"/> if it is this replica's turn; says whether it was. A sweep that breaks off was none.</summary>
    public Task<bool> TryAsync(TimeSpan interval, Func<Task> sweep, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Lock, cancellationToken: cancellationToken)))
            {
                return false;
            }

            try
            {
                if (await connection.ExecuteAsync(new CommandDefinition(Take, new { interval }, cancellationToken: cancellationToken)) == 0)
                {
                    return false;
                }

                try
                {
                    await sweep();
                }
                catch
                {
                    await GiveBackAsync();
                    throw;
                }

                return true;
            }
            finally
            {
                await UnlockAsync(connection);
            }
        },
        cancellationToken);

    // Over a connection of its own: this one may be what broke. Without it the turn comes with the next interval.
    private async Task GiveBackAsync()
    {
        try
        {
            await database.ReadAsync(connection => connection.ExecuteAsync(GiveBack), CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The server is away.
        }
    }

    // A connection that goes back to the pool keeps what it has locked; one that is broken has lost it.
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync(Unlock);
        }
        catch (NpgsqlException)
        {
            NpgsqlConnection.ClearPool(connection);
        }
    }
}
