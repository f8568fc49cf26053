using System.Diagnostics;
using System.Globalization;
using Burqi.Load.Measuring;
using Burqi.Load.Servers;
using MassTransit;
using Npgsql;

namespace Burqi.Load.Catalog;

/// <summary>
/// How fast the consumers write: messages wait in the broker's queues, then the catalog's process is started, and it is measured from its first row
/// to its last. What makes the messages is not running meanwhile.
/// </summary>
internal static class InsertRun
{
    private const int Connections = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Tells of calls, all that there is of each or just as much as makes its rows.</summary>
    /// <param name="database">Its connection string; with rows or without.</param>
    /// <param name="broker">A virtual host in which the catalog's queues have been declared.</param>
    /// <param name="first">The number of the first call.</param>
    /// <param name="calls">How many.</param>
    /// <param name="isWhole">From their first word to the store.</param>
    public static async Task<InsertResult> MeasureAsync(string database, string broker, int first, int calls, bool isWhole)
    {
        using var folder = new LoadFolder();
        var numbers = Enumerable.Range(first, calls).Where(number => !isWhole || ToldCalls.Kind(number) == 4).ToList();
        var messages = await PublishAsync(broker, numbers.SelectMany(number => isWhole ? ToldCalls.Whole(number) : ToldCalls.New(number)));
        await using var source = NpgsqlDataSource.Create(database);
        await using var watch = await source.OpenConnectionAsync();
        var done = isWhole
            ? $"select count(*) from catalog.recordings where listed_at >= @from and status = 'completed'"
            : $"select (select count(*) from catalog.recordings where listed_at >= @from) + (select count(*) from catalog.calls where listed_at >= @from)";

        await using var catalog = await CatalogUnderLoad.StartAsync(database, broker, folder.Path, untilReady: false);
        while (await AskAsync(watch, "select count(*) from (select from catalog.recordings where listed_at >= @from limit 1) any_row", first) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        var clock = Stopwatch.StartNew();
        var (cpu, databaseCpu) = (catalog.CpuSeconds, await ServerCpuAsync(source));
        var expected = numbers.Count * ToldCalls.RowsOfNewCall;
        while (await AskAsync(watch, done, first) < expected)
        {
            if (clock.Elapsed > Limit)
            {
                throw new TimeoutException($"Only {await AskAsync(watch, done, first)} of {expected} rows after {clock.Elapsed}.\n{catalog.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        return new InsertResult(messages, expected, seconds, catalog.CpuSeconds - cpu, await ServerCpuAsync(source) - databaseCpu, catalog.PeakResidentKib);
    }

    /// <summary>Rows a second that go into a copy of the table, with its indexes and without its triggers, one in a transaction, over a few connections.</summary>
    public static async Task<double> BareAsync(NpgsqlDataSource database, int rows)
    {
        await ExecuteAsync(database, "create schema bare; create table bare.recordings (like catalog.recordings including all)");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async part =>
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("insert into bare.recordings select * from catalog.recordings where id = $1", connection) { Parameters = { new NpgsqlParameter<Guid>() } };
            await command.PrepareAsync();
            for (var row = part; row < rows; row += Connections)
            {
                var number = ToldCalls.KindsEvery * (1 + row / 40) + 4 + row % 40;
                command.Parameters[0].Value = ToldCalls.Id(number, 0);
                if (await command.ExecuteNonQueryAsync() != 1)
                {
                    throw new InvalidOperationException($"There is no recording of call {number}.");
                }
            }
        }));
        var seconds = clock.Elapsed.TotalSeconds;
        await ExecuteAsync(database, "drop schema bare cascade");
        return rows / seconds;
    }

    /// <summary>Publishes to whoever has queues there; returns how many there were.</summary>
    public static async Task<int> PublishAsync(string broker, IEnumerable<object> messages)
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

    // Of the connections that are open: the catalog's stay open for longer than this takes.
    private static async Task<double> ServerCpuAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select string_agg(pid::text, ',') from pg_stat_activity where backend_type = 'client backend' and application_name = 'burqi-catalog'");
        return (await command.ExecuteScalarAsync() as string ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Sum(pid => File.Exists($"/proc/{pid}/stat") ? ProcessGauge.CpuSeconds(int.Parse(pid, CultureInfo.InvariantCulture)) : 0);
    }

    private static async Task<long> AskAsync(NpgsqlConnection connection, string sql, int first)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300, Parameters = { new NpgsqlParameter("from", ToldCalls.Start(first)) } };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>What it took to write all messages.</summary>
/// <param name="Messages">How many there were.</param>
/// <param name="Rows">How many rows of calls and recordings they make.</param>
/// <param name="Seconds">From the first row to the last.</param>
/// <param name="CatalogCpu">CPU time of the catalog's process meanwhile.</param>
/// <param name="DatabaseCpu">CPU time of its database connections meanwhile.</param>
/// <param name="PeakResidentKib">The most memory that the catalog's process had.</param>
internal sealed record InsertResult(int Messages, int Rows, double Seconds, double CatalogCpu, double DatabaseCpu, long PeakResidentKib)
{
    public double RowsPerSecond => Rows / Seconds;

    public double MessagesPerSecond => Messages / Seconds;

    /// <summary>Of a message, in both processes, in ms.</summary>
    public double CpuMs => (CatalogCpu + DatabaseCpu) / Messages * 1000;
}
