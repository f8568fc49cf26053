using System.Collections.Concurrent;
using Burqi.Hosting.PrivatePostgres;
using Npgsql;

namespace Burqi.Testing;

/// <summary>A real PostgreSQL. One is shared by a test process; each test class takes a database of its own.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TestServer<PostgresServer> Source = new("PostgreSQL")
    {
        Environment = ("BURQI_TEST_POSTGRES", address => Task.FromResult(new PostgresServer(address))),
        Compose = ("postgres", ConnectAsync),
        Local = (PrivatePostgresServer.IsInstalled, () => StartPrivateAsync(isDurable: false)),
    };

    private static readonly Lazy<Task<PostgresServer>> Shared = new(async () => SharedServers.Keep(await Source.FindAsync()));

    private readonly ConcurrentBag<string> databases = [];
    private readonly string? address;
    private readonly PrivatePostgresServer? server;

    private PostgresServer(string connectionString) => address = connectionString;

    private PostgresServer(PrivatePostgresServer own) => server = own;

    /// <summary>The server's owner, in the server's own database.</summary>
    public string ConnectionString => server?.ConnectionString ?? address!;

    private PrivatePostgresServer Own =>
        server ?? throw new InvalidOperationException("Only a server of PostgresServer.StartAsync may be killed: this one is not ours.");

    /// <summary>The server all tests of this process share; started at the first call.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>A server for one test, which may kill it: what it has confirmed is there after that. The caller disposes of it.</summary>
    public static Task<PostgresServer> StartAsync()
    {
        Source.RequireInstalled();
        return StartPrivateAsync(isDurable: true);
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync($"create database {name}");
        databases.Add(name);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Kills the server, as a crash of its main process would.</summary>
    public Task KillAsync() => Own.KillAsync();

    /// <summary>Starts a killed server again, on the same folder and port.</summary>
    public Task RestartAsync() => Own.RestartAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
            return;
        }

        foreach (var database in databases)
        {
            await ExecuteAsync($"drop database if exists {database} with (force)");
        }
    }

    private static async Task<PostgresServer> StartPrivateAsync(bool isDurable) => new(await PrivatePostgresServer.StartAsync(
        new PrivatePostgresOptions(TestFolder.Create("pg")) { Durable = isDurable, MaxConnections = 300 }, CancellationToken.None));

    private static async Task<PostgresServer> ConnectAsync(ComposeService service)
    {
        var parts = (await service.AddressAsync(5432)).Split(':');
        return new PostgresServer(
            $"Host={parts[0]};Port={parts[1]};Username=postgres;Password={ComposeService.Secret};Database=postgres");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
