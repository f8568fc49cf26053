using System.Globalization;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;
using Burqi.Hosting.Processes;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Burqi.Catalog.Tests.Completeness;

/// <summary>An alarm as an operator meets it: in the API, on the bus and in the metrics, raised by itself and cleared by itself.</summary>
public sealed class AlarmTests(AlarmTests.HastyHost catalog) : IClassFixture<AlarmTests.HastyHost>
{
    private readonly Told _told = new();

    [Fact]
    public async Task Call_WithoutRecordings_IsToldToBeMissingAndCompleteOnceTheyCome()
    {
        await using var news = await CompletenessNewsCapture.StartAsync(catalog);
        using var alarms = new MetricCounter("burqi.catalog.completeness.alarms", catalog.Services, ("state", "missing"));
        using var cleared = new MetricCounter("burqi.catalog.completeness.cleared", catalog.Services);
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());

        await Eventually.BecomesTrueAsync(() => news.Missing(_told.CallId).Length > 0);
        var missing = news.Missing(_told.CallId)[0];
        missing.ShouldBe(new RecordingMissing
        {
            Provider = "twilio",
            CallId = _told.CallId,
            AssistantId = _told.AssistantId,
            CallDurationMs = 31_000,
            Reason = "Nothing of the call is recorded, and no recording was heard of.",
            EndedAt = Told.Start.AddSeconds(31),
            DetectedAt = missing.DetectedAt,
        });
        (await ListedAsync("missing")).ShouldContain(_told.CallId);
        await Eventually.BecomesTrueAsync(() => alarms.Total > 0);

        await catalog.TellAsync(_told.Captured(), _told.Archived());

        await Eventually.BecomesTrueAsync(() => news.Complete(_told.CallId).Length > 0);
        (await ListedAsync("missing")).ShouldNotContain(_told.CallId);
        (await ListedAsync("complete")).ShouldContain(_told.CallId);
        await Eventually.BecomesTrueAsync(() => cleared.Total > 0);
    }

    [Fact]
    public async Task Call_RecordedInPart_IsToldToBeIncomplete()
    {
        await using var news = await CompletenessNewsCapture.StartAsync(catalog);
        await catalog.TellAsync(_told.Captured(), _told.Archived(), _told.CallStarted(), _told.CallEnded(durationMs: 50_000));

        await Eventually.BecomesTrueAsync(() => news.Incomplete(_told.CallId).Length > 0);
        var incomplete = news.Incomplete(_told.CallId)[0];
        incomplete.ShouldBe(new RecordingIncomplete
        {
            Provider = "twilio",
            CallId = _told.CallId,
            AssistantId = _told.AssistantId,
            RecordingType = "mixed",
            CallDurationMs = 50_000,
            RecordedMs = 30_020,
            Reason = "The mixed recording covers 30 of 50 s.",
            EndedAt = Told.Start.AddSeconds(31),
            DetectedAt = incomplete.DetectedAt,
        });
    }

    [Fact]
    public async Task Alarm_WhileTheBusIsAway_IsToldOnceItIsBack()
    {
        await using var cut = new CutOffHost();
        await cut.InitializeAsync();
        await using var news = await CompletenessNewsCapture.StartAsync(cut);
        cut.Bus.IsAway = true;
        await cut.TellAsync(_told.CallStarted(), _told.CallEnded());
        await Eventually.BecomesTrueAsync(() => cut.Bus.Refused > 0);
        news.Missing(_told.CallId).ShouldBeEmpty();

        cut.Bus.IsAway = false;

        await Eventually.BecomesTrueAsync(() => news.Missing(_told.CallId).Length > 0);
    }

    [Fact]
    public async Task Alarm_WithABrokerAndNobodyListening_CountsAsTold()
    {
        var connectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        await using var database = NpgsqlDataSource.Create(connectionString);
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var process = await ChildProcess.StartAsync(new ChildProcessStart("dotnet", Path.Combine(AppContext.BaseDirectory, "Burqi.Catalog.Host.dll"))
        {
            Environment = new Dictionary<string, string?>
            {
                ["BURQI_DATABASE_URL"] = connectionString,
                ["BURQI_BUS"] = "rabbitmq",
                ["BURQI_RABBITMQ_URL"] = broker,
                ["BURQI_API_KEYS"] = CatalogHost.ApiKey,
                ["BURQI_URLS"] = address.AbsoluteUri,
                ["BURQI_COMPLETENESS_MINUTES"] = HastyHost.Minutes,
            },
        });
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                // Naming a column of completeness: a call of before the migration would not be looked at.
                await using var command = database.CreateCommand(
                    """
                    insert into catalog.calls (call_id, provider, status, duration_ms, ended_at, listed_at, told, completeness)
                    values ($1, 'twilio', 'completed', 60000, now(), now(), '{}', 'pending') on conflict do nothing
                    """);
                command.Parameters.AddWithValue(_told.CallId);
                return await command.ExecuteNonQueryAsync() == 1;
            },
            TimeSpan.FromMinutes(2));

        await Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var command = database.CreateCommand("select completeness_news = 1 and completeness_told = 1 from catalog.calls where call_id = $1");
                command.Parameters.AddWithValue(_told.CallId);
                return await command.ExecuteScalarAsync() is true;
            },
            TimeSpan.FromMinutes(2));
    }

    private async Task<string[]> ListedAsync(string completeness)
    {
        var page = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/calls?limit=200&completeness={completeness}", UriKind.Relative)))!;
        return [.. page["items"]!.AsArray().Select(call => call!["call_id"]!.GetValue<string>())];
    }

    /// <summary>Catalog that gives recordings three seconds.</summary>
    public class HastyHost : CatalogHost
    {
        public static readonly string Minutes = 0.05.ToString(CultureInfo.InvariantCulture);

        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string> { ["BURQI_COMPLETENESS_MINUTES"] = Minutes });
    }

    /// <summary>The same, with a switch before its way to the bus.</summary>
    private sealed class CutOffHost : HastyHost
    {
        public BusSwitch Bus { get; } = new();

        protected override void ConfigureServices(IServiceCollection services)
        {
            var real = services.Last(service => service.ServiceType == typeof(IPublishEndpoint));
            services.Replace(ServiceDescriptor.Singleton(provider => Bus.Around((IPublishEndpoint)real.ImplementationFactory!(provider))));
        }
    }
}
