using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;

namespace Burqi.Postgres;

/// <summary>
/// Runs the embedded <c>NNNN_name.sql</c> files of an assembly in order, each once, in one schema, while the replicas of before go on working.
/// An advisory lock lets many replicas start at once: one migrates, the others wait and find nothing to do. Neither has a time limit: how long a
/// migration takes depends on how much there is to change, and one that was broken off would begin again from nothing, for ever. What ends them is
/// the token.
/// <para>A file runs in a transaction of its own. It waits for the lock of a table a short time only and tries again a little later: whoever comes
/// to the table meanwhile waits behind it, even if only to read.</para>
/// <para>A file whose name ends in <c>_online</c> runs statement by statement without a transaction, for what PostgreSQL does beside the work
/// of others: <c>create index concurrently if not exists</c> and the like. Broken off it is run again from its beginning.</para>
/// </summary>
internal static partial class MigrationRunner
{
    /// <summary>For <see cref="NpgsqlCommand.CommandTimeout"/>, whose default is 30 s or what the connection string says.</summary>
    private const int Unlimited = 0;

    /// <summary>After so many the caller hears of it, who has a log, and calls again.</summary>
    private const int AttemptsAtLocks = 10;

    private const string Online = "_online";

    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(NpgsqlDataSource database, string schema, Assembly assembly, CancellationToken cancellationToken)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => (Name: name.Split('.')[^2], Resource: name))
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)
            .ToArray();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // Asked for again and again instead of waited for: an index that is made concurrently waits for whoever has a statement under way, and
        // this would be one that waits for the index.
        while (!await AskAsync(connection, $"select pg_try_advisory_lock(hashtext('burqi.migrations.{schema}'))", cancellationToken))
        {
            await Task.Delay(TurnPause, TimeProvider.System, cancellationToken);
        }

        try
        {
            await ExecuteAsync(connection, "set statement_timeout = 0", cancellationToken);
            await ExecuteAsync(
                connection,
                $"""
                create schema if not exists {schema};
                create table if not exists {schema}.migrations (name text primary key, applied_at timestamptz not null default now());
                """,
                cancellationToken);

            foreach (var (name, resource) in migrations)
            {
                if (await AskAsync(connection, $"select exists (select from {schema}.migrations where name = '{name}')", cancellationToken))
                {
                    continue;
                }

                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var sql = await reader.ReadToEndAsync(cancellationToken);
                var note = $"insert into {schema}.migrations (name) values ('{name}')";
                await (name.EndsWith(Online, StringComparison.Ordinal)
                    ? RunOnlineAsync(connection, sql, note, cancellationToken)
                    : RunAsync(connection, sql, note, cancellationToken));
            }
        }
        finally
        {
            // No token ends this, and it waits for nothing: its time limit stays.
            await using var unlock = new NpgsqlCommand($"select pg_advisory_unlock(hashtext('burqi.migrations.{schema}'))", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, string note, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, "set local lock_timeout = '2s'", cancellationToken);
                await ExecuteAsync(connection, sql, cancellationToken);
                await ExecuteAsync(connection, note, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException exception) when (
                exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected && attempt < AttemptsAtLocks)
            {
                // Those who waited behind us go first.
                await Task.Delay(LockPause * attempt, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task RunOnlineAsync(NpgsqlConnection connection, string sql, string note, CancellationToken cancellationToken)
    {
        foreach (var statement in Comment().Replace(sql, "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Broken off, such an index stays as one that costs and serves nothing, and "if not exists" would be content with it.
            if (ConcurrentIndex().Match(statement) is { Success: true } index
                && await AskAsync(
                    connection,
                    $"select exists (select from pg_index where indexrelid = to_regclass('{index.Groups["schema"]}.{index.Groups["name"]}') and not indisvalid)",
                    cancellationToken))
            {
                await ExecuteAsync(connection, $"drop index concurrently if exists {index.Groups["schema"]}.{index.Groups["name"]}", cancellationToken);
            }

            await ExecuteAsync(connection, statement, cancellationToken);
        }

        await ExecuteAsync(connection, note, cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = Unlimited };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = Unlimited };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    [GeneratedRegex("--.*", RegexOptions.NonBacktracking)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^create (unique )?index concurrently if not exists (?<name>\w+)\s+on (?<schema>\w+)\.\w+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ConcurrentIndex();
}
