using System.Diagnostics;
using Burqi.Load.Servers;
using Burqi.Testing;
using MassTransit;
using Npgsql;

namespace Burqi.Load.Catalog;

/// <summary>
/// How fast the consumers write: messages wait in the broker's queues, then the catalog's process is started, and it is measured from its first row
/// to its last. What makes the messages is not running meanwhile.
/// </summary>
internal static class InsertRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public static async Task<InsertResult> MeasureAsync(PostgresServer postgres, RabbitMqServer rabbit, int calls, bool isWhole)
    {
        using var folder = new LoadFolder();
        var database = await postgres.CreateDatabaseAsync();
        var broker = await rabbit.CreateVirtualHostAsync();

        // It declares its queues and the exchanges that lead to them.
        await using (await CatalogUnderLoad.StartAsync(database, broker, folder.Path))
        {
        }

        var messages = await PublishAsync(broker, Enumerable.Range(0, calls).SelectMany(call => isWhole ? ToldCalls.Whole(call) : ToldCalls.New(call)));
        await using var source = NpgsqlDataSource.Create(database);
        await using var watch = await source.OpenConnectionAsync();
        var before = await ServerCpuAsync(source);

        // Begun before it is ready: it begins with the messages when it has its connections.
        var starting = CatalogUnderLoad.StartAsync(database, broker, folder.Path);
        var clock = await FirstRowAsync(watch);
        await using var catalog = await starting;
        var last = isWhole
            ? $"select count(*) from catalog.recordings where status = 'completed'"
            : $"select (select count(*) from catalog.recordings) + (select count(*) from catalog.calls where direction is not null)";
        var expected = calls * ToldCalls.RowsOfNewCall;
        while (await AskAsync(watch, last) < expected)
        {
            if (clock.Elapsed > Limit)
            {
                throw new TimeoutException($"Only {await AskAsync(watch, last)} of {expected} rows after {clock.Elapsed}.\n{catalog.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        return new InsertResult(messages, expected, seconds, catalog.CpuSeconds, await ServerCpuAsync(source) - before, catalog.PeakResidentKib);
    }

    private static async Task<int> PublishAsync(string broker, IEnumerable<object> messages)
    {
        var address = new Uri(broker);
        var bus = Bus.Factory.CreateUsingRabbitMq(transport => transport.Host(address.Host, (ushort)address.Port, address.AbsolutePath.TrimStart('/'), host =>
        {
            host.Username(Uri.UnescapeDataString(address.UserInfo.Split(':')[0]));
            host.Password(Uri.UnescapeDataString(address.UserInfo.Split(':')[1]));
        }));
        await bus.StartAsync();
        var count = 0;
        foreach (var chunk in messages.Chunk(500))
        {
            await Task.WhenAll(chunk.Select(message => bus.Publish(message, message.GetType())));
            count += chunk.Length;
        }

        await bus.StopAsync();
        return count;
    }

    private static async Task<Stopwatch> FirstRowAsync(NpgsqlConnection watch)
    {
        while (await AskAsync(watch, "select count(*) from (select from catalog.recordings limit 1) any_row") == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return Stopwatch.StartNew();
    }

    // Whatever its processes are, the server tells what they did: in kernel time of all connections that are open still.
    private static async Task<double> ServerCpuAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select string_agg(pid::text, ',') from pg_stat_activity where backend_type = 'client backend'");
        var pids = (await command.ExecuteScalarAsync() as string ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        return pids.Sum(pid => File.Exists($"/proc/{pid}/stat") ? Measuring.ProcessGauge.CpuSeconds(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)) : 0);
    }

    private static async Task<long> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>What it took to write all messages.</summary>
/// <param name="Messages">How many there were.</param>
/// <param name="Rows">How many rows of calls and recordings they make.</param>
/// <param name="Seconds">From the first row to the last.</param>
/// <param name="CatalogCpu">CPU time of the catalog's process, with its start.</param>
/// <param name="DatabaseCpu">CPU time of the database's connections.</param>
/// <param name="PeakResidentKib">The most memory that the catalog's process had.</param>
internal sealed record InsertResult(int Messages, int Rows, double Seconds, double CatalogCpu, double DatabaseCpu, long PeakResidentKib)
{
    public double RowsPerSecond => Rows / Seconds;

    public double MessagesPerSecond => Messages / Seconds;
}
