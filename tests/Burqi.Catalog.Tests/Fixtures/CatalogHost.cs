using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>The catalog's own process as it ships, on a database of its own, listening on a real port, its messages on the in-memory bus.</summary>
public class CatalogHost : WebApplicationFactory<Program>, IAsyncLifetime
{
    public const string ApiKey = "key-of-the-tests-0001";
    public const string OtherApiKey = "key-of-the-tests-0002";

    private static readonly TimeSpan ConsumeLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> received = new();
    private NpgsqlDataSource? database;

    public string DataDirectory { get; } = TestFolder.Create("catalog");

    public string ObjectsDirectory => Path.Combine(DataDirectory, "objects");

    public NpgsqlDataSource Database => database!;

    public string ConnectionString { get; private set; } = "";

    /// <summary>Sends the API key with every request.</summary>
    public HttpClient Client { get; private set; } = null!;

    public HttpClient AnonymousClient { get; private set; } = null!;

    private readonly Dictionary<string, string> settings = [];

    protected virtual Task<string> ConnectionStringAsync() => NewDatabaseAsync();

    /// <summary>Changes the registration after the service's own; for what cannot be had otherwise, such as a store that breaks off.</summary>
    protected virtual void ConfigureServices(IServiceCollection services)
    {
    }

    protected virtual Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string>());

    public virtual async ValueTask InitializeAsync()
    {
        ConnectionString = await ConnectionStringAsync();
        database = NpgsqlDataSource.Create(ConnectionString);
        settings["BURQI_DATABASE_URL"] = ConnectionString;
        settings["BURQI_API_KEYS"] = $"{ApiKey}, {OtherApiKey}";
        settings["BURQI_API_REQUESTS_PER_MINUTE"] = "1000000"; // tests share keys, and have no time to wait
        settings["BURQI_DATA_DIR"] = DataDirectory;
        settings["BURQI_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in await SettingsAsync())
        {
            settings[name] = value;
        }

        UseKestrel(0);
        StartServer();
        AnonymousClient = CreateClient();
        Client = CreateClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        Services.GetRequiredService<IBus>().ConnectReceiveObserver(new Observer(received));
        await Eventually.BecomesTrueAsync(() => Services.GetRequiredService<Catalog.Database.CatalogDatabase>().IsMigrated);
    }

    /// <summary>Publishes and returns once catalog is through with the message, whether it was consumed or given up.</summary>
    public async Task TellAsync(params object[] messages)
    {
        foreach (var message in messages)
        {
            await ConsumedAsync(await PublishAsync(message));
        }
    }

    /// <summary>Publishes all at once, then waits for all.</summary>
    public async Task TellAtOnceAsync(IEnumerable<object> messages)
    {
        foreach (var id in await Task.WhenAll(messages.Select(PublishAsync)))
        {
            await ConsumedAsync(id);
        }
    }

    public async Task<Guid> PublishAsync(object message)
    {
        var id = NewId.NextGuid();
        await Services.GetRequiredService<IBus>().Publish(message, message.GetType(), Pipe.Execute<PublishContext>(context => context.MessageId = id));
        return id;
    }

    public Task ConsumedAsync(Guid messageId) => Signal(received, messageId).Task.WaitAsync(ConsumeLimit);

    private static TaskCompletionSource Signal(ConcurrentDictionary<Guid, TaskCompletionSource> received, Guid messageId) =>
        received.GetOrAdd(messageId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>The row as JSON, its columns by name; null where there is none.</summary>
    public async Task<JsonObject?> RowAsync(string table, string idColumn, object id)
    {
        await using var command = Database.CreateCommand($"select to_jsonb(r)::text from catalog.{table} r where {idColumn} = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteScalarAsync() is string json ? JsonNode.Parse(json)!.AsObject() : null;
    }

    public async Task<JsonObject> RecordingAsync(Guid id) => (await RowAsync("recordings", "id", id)).ShouldNotBeNull();

    public async Task<JsonObject> CallAsync(string callId) => (await RowAsync("calls", "call_id", callId)).ShouldNotBeNull();

    private static async Task<string> NewDatabaseAsync() => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.ConfigureTestServices(ConfigureServices);
        foreach (var (name, value) in settings)
        {
            builder.UseSetting(name, value);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        AnonymousClient.Dispose();
        await base.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class Observer(ConcurrentDictionary<Guid, TaskCompletionSource> received) : IReceiveObserver
    {
        public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostReceive(ReceiveContext context) => Note(context);

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
            where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Task.CompletedTask;

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Note(context);

        private Task Note(ReceiveContext context)
        {
            if (context.GetMessageId() is { } id)
            {
                Signal(received, id).TrySetResult();
            }

            return Task.CompletedTask;
        }
    }
}
