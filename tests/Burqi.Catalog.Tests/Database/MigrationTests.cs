using System.Reflection;
using System.Text;
using Burqi.Catalog.Database;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Postgres;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Catalog.Tests.Database;

public sealed class MigrationTests(CatalogHost catalog)
{
    // Two recordings of each of two media streams' three types, two of the provider's, each of which a channel was split from; some of them without
    // a length, an object or an end, deleted or deleted at the provider; objects that several rows name; and what stands for a mix.
    private const string Recordings =
        """
        insert into catalog.recordings (
            id, call_id, provider, recording_source, recording_type, status, duration_ms, file_size, sha256, s3_key, listed_at, told)
        select
            cast(md5('recording' || n) as uuid), 'CA' || n / 12, 'twilio', source, type, status, ms, bytes, repeat('0', 64), key, at,
            case when n % 97 = 0 then '{}' else jsonb_strip_nulls(jsonb_build_object(
                'status', jsonb_build_array(7, '', status),
                'assistant_id', case when n % 5 > 0 then jsonb_build_array(1, '', 'assistant ' || n % 5) end,
                'duration_ms', case when ms is not null then jsonb_build_array(1, '', ms) end,
                'file_size', case when key is not null then jsonb_build_array(1, '', bytes) end,
                's3_key', case when key is not null then jsonb_build_array(1, '', key) end,
                'metadata.stream_id', case when source = 'local' then jsonb_build_array(1, '', 'MZ' || n / 3 % 2) end,
                'metadata.provider_duration_ms', case when type = 'provider' and n % 7 > 0 then jsonb_build_array(1, '', 60000 + n % 1000) end,
                'metadata.deleted_at_provider_at', case when type = 'provider' and n % 11 = 0
                    then jsonb_build_array(1, '', to_char(at + interval '3 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) end)) end
        from (
            select
                n, case when n % 12 < 8 then 'local' else 'twilio' end as source,
                (array['user', 'assistant', 'mixed', 'mixed', 'assistant', 'user', 'mixed', 'user', 'provider', 'user', 'assistant', 'provider'])[n % 12 + 1] as type,
                case when n % 23 = 0 then 'deleted' when n % 31 = 0 then 'captured' else 'completed' end as status,
                case when n % 13 > 0 then 1000 * (n * 7 % 10) end as ms,
                1000 + n % 100 as bytes,
                case when n % 23 = 0 or n % 31 > 0 then 'recordings/' || case when n % 6 = 0 then 'of several' else n::text end end as key,
                timestamptz '2026-01-01' + n / 24 * interval '1 minute' as at
            from generate_series(1, 6000) n) told
        """;

    private const string Usage = "select string_agg(to_jsonb(u)::text, chr(10) order by recording_id) from catalog.recording_usage u";

    [Fact]
    public async Task Migrate_ManyReplicasAtOnce_EachOnce()
    {
        await using var database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            MigrationRunner.RunAsync(database, "catalog", typeof(CatalogDatabase).Assembly, CancellationToken.None)));

        await using var command = database.CreateCommand("select string_agg(name, ',' order by name) from catalog.migrations");
        (await command.ExecuteScalarAsync()).ShouldBe(string.Join(
            ',',
            typeof(CatalogDatabase).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Select(name => name.Split('.')[^2]).Order(StringComparer.Ordinal)));
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

    [Fact]
    public async Task Migrate_RecordingsOfBefore_AreCountedAsIfToldAfter()
    {
        await using var before = await EmptyAsync();
        await MigrateUpToAsync(before, "0008_usage");
        await ExecuteAsync(before, Recordings);
        await MigrateAsync(before);

        await using var after = await EmptyAsync();
        await MigrateAsync(after);
        await ExecuteAsync(after, Recordings);

        var counted = await AskAsync(before, Usage);
        counted.ShouldBe(await AskAsync(after, Usage));
        (await AskAsync(before, "select count(*) || ' ' || (count(counted_ms) < count(duration_ms)) || ' ' || (count(counted_bytes) < count(object_bytes)) from catalog.recording_usage"))
            .ShouldBe("5939 true true");

        // From then on each is counted as it is told of.
        await ExecuteAsync(before, "update catalog.recordings set told = told || jsonb_build_object('duration_ms', jsonb_build_array(1, '', 99000)) where call_id = 'CA5'");
        (await AskAsync(before, "select string_agg(distinct duration_ms::text, ',') from catalog.recording_usage where call_id = 'CA5' and recording_type <> 'provider'")).ShouldBe("99000");
        await ExecuteAsync(before, "delete from catalog.recordings where call_id = 'CA5'");
        (await AskAsync(before, "select count(*)::text from catalog.recording_usage where call_id = 'CA5'")).ShouldBe("0");
    }

    [Fact]
    public async Task Migrate_RecordingsOfBefore_AreFoundByNumberAsIfToldAfter()
    {
        const string Calls =
            """
            insert into catalog.calls (call_id, provider, status, from_address, to_address, listed_at, told)
            select 'CA' || n, 'twilio', 'completed', nullif('+1' || n % 7, '+10'), nullif('+1' || n % 3, '+10'), timestamptz '2026-01-01Z' + n * interval '1 minute', '{}'
            from generate_series(1, 250) n;
            insert into catalog.recordings (id, call_id, provider, recording_source, recording_type, status, listed_at, told)
            select md5(n::text)::uuid, 'CA' || n / 2, 'twilio', 'local', 'user', 'captured', timestamptz '2026-01-01Z' + n * interval '40 seconds', '{}'
            from generate_series(1, 500) n;
            """;
        const string Numbers = "select md5(string_agg(to_jsonb(n)::text, ',' order by n)) || ' ' || count(*) from catalog.recording_numbers n";

        await using var before = await EmptyAsync();
        await MigrateUpToAsync(before, "0014_recording_numbers");
        await ExecuteAsync(before, Calls);
        await MigrateAsync(before);

        await using var after = await EmptyAsync();
        await MigrateAsync(after);
        await ExecuteAsync(after, Calls);

        var numbered = await AskAsync(before, Numbers);
        numbered.ShouldBe(await AskAsync(after, Numbers));
        numbered!.Split(' ')[1].ShouldBe(await AskAsync(
            before,
            "select count(distinct (number, id))::text from catalog.recordings join catalog.calls using (call_id), lateral (values (from_address), (to_address)) side (number) where number is not null"));

        // Broken off and run again.
        await ExecuteAsync(before, "call catalog.number_known_recordings()");
        (await AskAsync(before, Numbers)).ShouldBe(numbered);

        await ExecuteAsync(before, "update catalog.recordings set listed_at = listed_at - interval '1 hour' where call_id = 'CA5'; delete from catalog.recordings where call_id = 'CA6'");
        await ExecuteAsync(after, "delete from catalog.recordings where call_id = 'CA6'; update catalog.recordings set listed_at = listed_at - interval '1 hour' where call_id = 'CA5'");
        (await AskAsync(before, Numbers)).ShouldBe(await AskAsync(after, Numbers));
        (await AskAsync(
            before,
            "select count(*)::text from catalog.recording_numbers n where not exists (select from catalog.recordings r where r.id = n.recording_id and r.listed_at = n.at)")).ShouldBe("0");
    }

    [Fact]
    public async Task Migrate_CallsOfBefore_AreLookedAtWhereItStillHelps()
    {
        await using var database = await EmptyAsync();
        await MigrateUpToAsync(database, "0005_completeness");
        await ExecuteAsync(
            database,
            """
            insert into catalog.calls (call_id, provider, status, ended_at, updated_at, listed_at, told) values
                ('over long since', 'twilio', 'completed', now() - interval '61 minutes', now(), now(), '{}'),
                ('just over', 'twilio', 'completed', now() - interval '50 minutes', now(), now(), '{}'),
                ('over by a clock that is ahead', 'twilio', 'completed', now() + interval '1 minute', now(), now(), '{}'),
                ('told of just now, without its end', 'acs', 'completed', null, now(), now(), '{}'),
                ('told of long since, without its end', 'acs', 'failed', null, now() - interval '2 hours', now(), '{}'),
                ('under way', 'twilio', 'in-progress', null, now() - interval '2 hours', now(), '{}')
            """);
        await MigrateAsync(database);

        (await AskAsync(database, "select string_agg(call_id, '; ' order by call_id) from catalog.calls where completeness = 'pending' and completeness_due_at <= now()"))
            .ShouldBe("just over; over by a clock that is ahead; told of just now, without its end; under way");
        (await AskAsync(database, "select string_agg(call_id, '; ' order by call_id) from catalog.calls where completeness = 'complete' and completeness_due_at is null"))
            .ShouldBe("over long since; told of long since, without its end");
    }

    [Fact]
    public async Task Migrate_LongerThanCommandsMayTake_IsDoneOnceByTwoReplicas()
    {
        var limited = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()) { CommandTimeout = 1 };
        await using var database = NpgsqlDataSource.Create(limited.ConnectionString);
        var slow = new Migrations("create table slow.done (); select pg_sleep(2);");

        // One of them waits for the other's lock.
        await Task.WhenAll(
            MigrationRunner.RunAsync(database, "slow", slow, TestContext.Current.CancellationToken),
            MigrationRunner.RunAsync(database, "slow", slow, TestContext.Current.CancellationToken));

        (await AskAsync(database, "select string_agg(name, ',') from slow.migrations")).ShouldBe("0001_slow");
    }

    [Fact]
    public async Task Migrate_Cancelled_EndsAndLeavesNothing()
    {
        await using var database = await EmptyAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = MigrationRunner.RunAsync(database, "slow", new Migrations("create table slow.done (); select pg_sleep(3600);"), stop.Token);
        await Eventually.BecomesTrueAsync(async () =>
            await AskAsync(database, "select count(*)::text from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") == "1");
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => run);
        (await AskAsync(database, "select to_regclass('slow.done')::text")).ShouldBeNull();
        await MigrationRunner.RunAsync(database, "slow", new Migrations("create table slow.done ();"), TestContext.Current.CancellationToken);
        (await AskAsync(database, "select to_regclass('slow.done')::text")).ShouldBe("slow.done");
    }

    [Fact]
    public async Task Migrate_TableInUse_LetsTheOthersGoFirst()
    {
        await using var database = await EmptyAsync();
        await ExecuteAsync(database, "create table used (id int)");
        await using var reader = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var reading = await reader.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var read = new NpgsqlCommand("select from used", reader, reading))
        {
            await read.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var run = MigrationRunner.RunAsync(database, "busy", new Migrations("alter table used add column news text"), TestContext.Current.CancellationToken);
        await Eventually.BecomesTrueAsync(async () =>
            await AskAsync(database, "select count(*)::text from pg_locks where relation = 'used'::regclass and not granted") == "1");

        // It came after the migration, and does not wait for the one that the migration waits for.
        (await AskAsync(database, "select count(*)::text from used")).ShouldBe("0");
        run.IsCompleted.ShouldBeFalse();
        await reading.RollbackAsync(TestContext.Current.CancellationToken);
        await run;
        (await AskAsync(database, "select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'used'::regclass and attnum > 0")).ShouldBe("id,news");
    }

    [Fact]
    public async Task Migrate_IndexThatWasBrokenOff_IsMadeAnewByOneOfManyReplicas()
    {
        await using var database = await EmptyAsync();
        await ExecuteAsync(database, "create table rows (id int); insert into rows values (1), (1)");
        await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(database, "create unique index concurrently rows_id on rows (id)"));
        await ExecuteAsync(database, "truncate rows");
        (await AskAsync(database, "select indisvalid::text from pg_index where indexrelid = 'rows_id'::regclass")).ShouldBe("false");

        // Whoever has a statement under way keeps such an index waiting: those that wait for their turn have none.
        var online = new Migrations(
            """
            -- Two statements; in one command they would be a transaction.
            create unique index concurrently if not exists rows_id on public.rows (id);
            create index concurrently if not exists rows_other
                on public.rows (id) where id > 1;
            """,
            "0002_rows_online");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrationRunner.RunAsync(database, "online", online, TestContext.Current.CancellationToken)));

        (await AskAsync(database, "select string_agg(indexrelid::regclass || ' ' || indisvalid, ',' order by indexrelid::regclass::text) from pg_index where indrelid = 'rows'::regclass"))
            .ShouldBe("rows_id true,rows_other true");
        (await AskAsync(database, "select string_agg(name, ',') from online.migrations")).ShouldBe("0002_rows_online");
    }

    private static async Task<NpgsqlDataSource> EmptyAsync() =>
        NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    private static Task MigrateAsync(NpgsqlDataSource database) =>
        MigrationRunner.RunAsync(database, "catalog", typeof(CatalogDatabase).Assembly, TestContext.Current.CancellationToken);

    /// <summary>Leaves out the given migration and all that follow it; the next run makes up for them.</summary>
    private static Task MigrateUpToAsync(NpgsqlDataSource database, string next) =>
        MigrationRunner.RunAsync(database, "catalog", new Migrations(typeof(CatalogDatabase).Assembly, next), TestContext.Current.CancellationToken);

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> AskAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }

    /// <summary>An assembly of one migration, or of another's before a certain one.</summary>
    private sealed class Migrations : Assembly
    {
        private readonly Dictionary<string, Func<Stream>> resources;

        public Migrations(string sql, string name = "0001_slow") => resources = new() { [$"Migrations.{name}.sql"] = () => new MemoryStream(Encoding.UTF8.GetBytes(sql)) };

        public Migrations(Assembly whole, string next) => resources = whole.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && string.CompareOrdinal(name.Split('.')[^2], next) < 0)
            .ToDictionary(name => name, name => (Func<Stream>)(() => whole.GetManifestResourceStream(name)!));

        public override string[] GetManifestResourceNames() => [.. resources.Keys];

        public override Stream? GetManifestResourceStream(string name) => resources[name]();
    }
}
