using System.Globalization;
using System.Text.Json.Nodes;
using Burqi.Load.Servers;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Load.Catalog;

/// <summary>The catalog with a million recordings: what its lists and its consumers do, by its own process, on PostgreSQL and RabbitMQ as they are installed.</summary>
internal static class CatalogRun
{
    // Calls of every kind, among those that are made by SQL.
    private static readonly int[] Looked = [50, 101, 152, 203, 254, 1007, 2999];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<CatalogResult> MeasureAsync(int rows, int inserts, int repeats, Action<string> say)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var rabbit = await RabbitMqServer.StartAsync();
        using var folder = new LoadFolder();
        var calls = Calls(rows);
        var database = await postgres.CreateDatabaseAsync();
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 0 }.ConnectionString);
        await TellAsync(database, broker, source, folder.Path, Enumerable.Range(0, 5));
        await CatalogRows.GenerateAsync(source, calls, say);
        await CompareAsync(postgres, rabbit, source, folder.Path);
        say("the rows are as the consumers write them");

        QueryResult queries;
        await using (var catalog = await CatalogUnderLoad.StartAsync(database, broker: null, folder.Path))
        {
            queries = await QueryRun.MeasureAsync(catalog, source, calls, repeats, say);
        }

        var results = new List<InsertResult>();
        foreach (var isWhole in (bool[])[false, true])
        {
            var result = await InsertRun.MeasureAsync(database, broker, calls + (isWhole ? 2 : 1) * 1_000_000, inserts, isWhole);
            say(string.Create(CultureInfo.InvariantCulture, $"{result} {result.RowsPerSecond:0} rows/s, {result.MessagesPerSecond:0} messages/s, {result.CpuMs:0.00} ms CPU a message"));
            results.Add(result);
        }

        var bare = await InsertRun.BareAsync(source, Math.Min(inserts, calls / 2));
        await using var count = source.CreateCommand("select (select count(*) from catalog.recordings), pg_database_size(current_database())");
        await using var size = await count.ExecuteReaderAsync();
        await size.ReadAsync();
        return new CatalogResult(size.GetInt64(0), size.GetInt64(1), queries, results[0], results[1], bare);
    }

    private static int Calls(int rows) =>
        (int)((long)rows * ToldCalls.KindsEvery / Enumerable.Range(0, ToldCalls.KindsEvery).Sum(number => ToldCalls.Recordings(ToldCalls.Kind(number))));

    /// <summary>Has the catalog's process write calls out of their messages.</summary>
    private static async Task TellAsync(string database, string broker, NpgsqlDataSource source, string folder, IEnumerable<int> numbers)
    {
        await using var catalog = await CatalogUnderLoad.StartAsync(database, broker, folder);
        var told = numbers.ToList();
        await InsertRun.PublishAsync(broker, told.SelectMany(ToldCalls.Whole));

        // The last that is done to a call's rows makes its mix point at the provider's recording.
        var upgraded = told.Count(number => ToldCalls.Kind(number) == 4);
        var expected = $"{told.Sum(number => ToldCalls.Recordings(ToldCalls.Kind(number)))} {told.Count(number => ToldCalls.Kind(number) != 2)} {upgraded} {upgraded * 4 + told.Count(number => ToldCalls.Kind(number) == 1)}";
        await Eventually.BecomesTrueAsync(
            async () => expected == await AskAsync(
                source,
                """
                select concat_ws(' ', (select count(*) from catalog.recordings), (select count(*) from catalog.calls where ended_at is not null and direction is not null),
                    (select count(*) from catalog.recordings where derived <> '{}'), (select count(*) from catalog.recordings where status = 'completed'))
                """),
            Limit);
    }

    /// <summary>What SQL made must be what the consumers make of the same messages.</summary>
    private static async Task CompareAsync(PostgresServer postgres, RabbitMqServer rabbit, NpgsqlDataSource made, string folder)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var told = NpgsqlDataSource.Create(database);
        await TellAsync(database, await rabbit.CreateVirtualHostAsync(), told, folder, Looked);
        var ids = string.Join(", ", Looked.Select(number => $"'{ToldCalls.CallId(number)}'"));
        foreach (var sql in (string[])
            [
                $"select jsonb_agg(to_jsonb(r) - '{{created_at,updated_at}}'::text[] order by id)::text from catalog.recordings r where call_id in ({ids})",
                $"select jsonb_agg(jsonb_build_array(call_id, provider, status, from_address, to_address, assistant_id, duration_ms, started_at, ended_at, listed_at, told) order by call_id)::text from catalog.calls where call_id in ({ids})",
                $"select jsonb_agg(to_jsonb(u) order by recording_id)::text from catalog.recording_usage u where call_id in ({ids})",
                $"select jsonb_agg(to_jsonb(r) order by recording_id)::text from catalog.recording_retention r where call_id in ({ids})",
                $"select jsonb_agg(to_jsonb(n) order by number, recording_id)::text from catalog.recording_numbers n where recording_id in (select id from catalog.recordings where call_id in ({ids}))",
            ])
        {
            var (ours, theirs) = (await AskAsync(made, sql), await AskAsync(told, sql));
            if (!JsonNode.DeepEquals(JsonNode.Parse(ours ?? "null"), JsonNode.Parse(theirs ?? "null")))
            {
                throw new InvalidOperationException($"What was made is not what the consumers write.\n{sql}\nmade: {ours}\ntold: {theirs}");
            }
        }
    }

    private static async Task<string?> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }
}

/// <summary>What was measured.</summary>
/// <param name="Recordings">How many there were in the end.</param>
/// <param name="Bytes">How large the database was.</param>
/// <param name="Queries">The lists.</param>
/// <param name="New">The consumers, of messages each of which makes a row.</param>
/// <param name="Whole">The consumers, of all messages of calls.</param>
/// <param name="BareRowsPerSecond">Of a plain insert, a row in a transaction.</param>
internal sealed record CatalogResult(long Recordings, long Bytes, QueryResult Queries, InsertResult New, InsertResult Whole, double BareRowsPerSecond);
