using Burqi.Catalog.Tests.Fixtures;
using Burqi.Hosting.Processes;
using Burqi.Testing;
using MassTransit;
using Npgsql;

namespace Burqi.Catalog.Tests.Database;

/// <summary>
/// A process that is told to stop while its messages wait for the database leaves them in the broker, for the next one. It takes the
/// process itself: a message goes back to its queue because the connection that held it is gone.
/// </summary>
public sealed class StopDuringOutageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Stop_WhileMessagesWaitForTheDatabase_LosesNone()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var connectionString = await postgres.CreateDatabaseAsync();
        var broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        var told = Enumerable.Range(0, 12).Select(_ => new Told()).ToArray();

        await using (var first = await StartAsync(connectionString, broker))
        {
            await postgres.KillAsync();
            await PublishAsync(broker, told.Select(object (recording) => recording.Started()));
            await first.WaitUntilReadyAsync((output, _) => ValueTask.FromResult(output.Contains("cannot be written to", StringComparison.Ordinal)), Limit, CancellationToken.None);
            (await first.StopAsync(ChildSignal.Terminate, Limit)).ShouldBe(0);
        }

        await postgres.RestartAsync();
        await using var second = await StartAsync(connectionString, broker);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var command = database.CreateCommand("select count(*) from catalog.recordings where id = any($1)");
                command.Parameters.Add(new NpgsqlParameter { Value = told.Select(recording => recording.Id).ToArray() });
                return await command.ExecuteScalarAsync() is 12L;
            },
            Limit);
    }

    private static async Task<ChildProcess> StartAsync(string connectionString, string broker)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = await ChildProcess.StartAsync(new ChildProcessStart("dotnet", Path.Combine(AppContext.BaseDirectory, "Burqi.Catalog.Host.dll"))
        {
            Environment = new Dictionary<string, string?>
            {
                ["BURQI_DATABASE_URL"] = connectionString,
                ["BURQI_BUS"] = "rabbitmq",
                ["BURQI_RABBITMQ_URL"] = broker,
                ["BURQI_API_KEYS"] = CatalogHost.ApiKey,
                ["BURQI_URLS"] = address.AbsoluteUri,
            },
        });
        using var client = new HttpClient { BaseAddress = address };
        await process.WaitUntilReadyAsync(
            async (_, cancellationToken) =>
            {
                try
                {
                    using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                    return response.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Limit,
            CancellationToken.None);
        return process;
    }

    private static async Task PublishAsync(string broker, IEnumerable<object> messages)
    {
        var bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(transport => transport.Host(new Uri(broker)));
        await bus.StartAsync();
        foreach (var message in messages)
        {
            await bus.Publish(message, message.GetType());
        }

        await bus.StopAsync();
    }
}
