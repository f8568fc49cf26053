using Burqi.Catalog.Database;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Postgres;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Catalog.Tests.Database;

public sealed class MigrationTests(CatalogHost catalog)
{
    [Fact]
    public async Task Migrate_ManyReplicasAtOnce_EachOnce()
    {
        await using var database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            MigrationRunner.RunAsync(database, "catalog", typeof(CatalogDatabase).Assembly, CancellationToken.None)));

        await using var command = database.CreateCommand("select string_agg(name, ',' order by name) from catalog.migrations");
        (await command.ExecuteScalarAsync()).ShouldBe("0001_calls_and_recordings,0002_assistants,0003_participants,0004_recording_events,0005_completeness,0006_recording_controls,0007_upgrade_of_mixed,0008_usage");
    }

    [Fact]
    public async Task Schema_Recordings_HasTheDesignedColumns()
    {
        await using var command = catalog.Database.CreateCommand(
            "select string_agg(column_name || ' ' || udt_name, ', ' order by ordinal_position) from information_schema.columns where table_schema = 'catalog' and table_name = 'recordings'");

        (await command.ExecuteScalarAsync()).ShouldBe(
            "id uuid, call_id text, provider text, recording_source text, recording_type text, status text, format text, sample_rate int4, channels int4, "
            + "duration_ms int8, file_size int8, sha256 text, file_path text, s3_key text, s3_url text, recording_sid text, assistant_id text, "
            + "started_at timestamptz, ended_at timestamptz, created_at timestamptz, updated_at timestamptz, recording_metadata jsonb, "
            + "listed_at timestamptz, told jsonb, derived jsonb");
    }
}
