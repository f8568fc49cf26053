using System.Reflection;
using Npgsql;

namespace Burqi.Postgres;

/// <summary>
/// Runs the embedded <c>NNNN_name.sql</c> files of an assembly in order, each once and in a transaction of its own, in one schema.
/// An advisory lock lets many replicas start at once: one migrates, the others wait and find nothing to do.
/// </summary>
internal static class MigrationRunner
{
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
                await using var claim = new NpgsqlCommand($"insert into {schema}.migrations (name) values ($1) on conflict do nothing", connection, transaction);
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
            await ExecuteAsync(connection, $"select pg_advisory_unlock(hashtext('burqi.migrations.{schema}'))", CancellationToken.None);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
