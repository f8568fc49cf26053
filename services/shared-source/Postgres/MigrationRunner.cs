using System.Reflection;
using Npgsql;

namespace Burqi.Postgres;

/// <summary>
/// Runs the embedded <c>NNNN_name.sql</c> files of an assembly in order, each once and in a transaction of its own, in one schema.
/// An advisory lock lets many replicas start at once: one migrates, the others wait and find nothing to do. Neither has a time limit: how long a
/// migration takes depends on how much there is to change, and one that was broken off would begin again from nothing, for ever. What ends them is
/// the token.
/// </summary>
internal static class MigrationRunner
{
    /// <summary>For <see cref="NpgsqlCommand.CommandTimeout"/>, whose default is 30 s or what the connection string says.</summary>
    private const int Unlimited = 0;

    public static async Task RunAsync(NpgsqlDataSource database, string schema, Assembly assembly, CancellationToken cancellationToken)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => (Name: name.Split('.')[^2], Resource: name))
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)
            .ToArray();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock(hashtext('burqi.migrations.{schema}'))", cancellationToken);
        try
        {
            await ExecuteAsync(
                connection,
                $"""
                create schema if not exists {schema};
                create table if not exists {schema}.migrations (name text primary key, applied_at timestamptz not null default now());
                """,
                cancellationToken);

            foreach (var (name, resource) in migrations)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await using var claim = new NpgsqlCommand($"insert into {schema}.migrations (name) values ($1) on conflict do nothing", connection, transaction)
                {
                    CommandTimeout = Unlimited,
                };
                claim.Parameters.Add(new NpgsqlParameter { Value = name });
                if (await claim.ExecuteNonQueryAsync(cancellationToken) == 1)
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                    await ExecuteAsync(connection, await reader.ReadToEndAsync(cancellationToken), cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
            }
        }
        finally
        {
            // No token ends this, and it waits for nothing: its time limit stays.
            await using var unlock = new NpgsqlCommand($"select pg_advisory_unlock(hashtext('burqi.migrations.{schema}'))", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = Unlimited };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
