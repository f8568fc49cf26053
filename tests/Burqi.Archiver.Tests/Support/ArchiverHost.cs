using Burqi.Archiver.Queues;
using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Hosting;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Support;

/// <summary>
/// The archiver as its host runs it, on the in-memory bus, with an ear on what it publishes and logs. Whatever a test does, nothing it
/// logged may hold a signature or a credential: that is checked when the host stops.
/// </summary>
internal sealed class ArchiverHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CapturedLogs _logs;

    private ArchiverHost(WebApplication app, CapturedLogs logs) => (_app, _logs) = (app, logs);

    public PublishedMessages Published { get; } = new();

    public AcknowledgedMessages Acknowledged { get; } = new();

    /// <summary>Where its API answers.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What it knows of those that its jobs depend on.</summary>
    public Destinations Destinations => _app.Services.GetRequiredService<Destinations>();

    /// <summary>Everything it has logged so far.</summary>
    public string LogText => _logs.Text;

    public static async Task<ArchiverHost> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        // MassTransit keeps the log of the first bus of a flow for all later ones, also when that bus and its log are gone.
        LogContext.Current = null;
        var logs = new CapturedLogs();
        var app = ServiceHost.Build(
            "archiver",
            [],
            builder =>
            {
                builder.AddArchiver();
                builder.Logging.ClearProviders().AddProvider(logs);
            },
            bus => bus.AddArchiverConsumers(),
            routes => routes.MapArchiver(),
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(settings);
                builder.Configuration["BURQI_URLS"] = "http://127.0.0.1:0";
            });
        var host = new ArchiverHost(app, logs);
        try
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate(); // as the host does before anything starts
            app.Services.GetRequiredService<IBus>().ConnectPublishObserver(host.Published);
            app.Services.GetRequiredService<IBus>().ConnectReceiveObserver(host.Acknowledged);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Sends a message as another service would.</summary>
    public Task PublishAsync<T>(T message)
        where T : class => _app.Services.GetRequiredService<IBus>().Publish(message);

    /// <summary>Tells of an assistant, and returns when the archiver knows.</summary>
    public Task TellAsync(AssistantSaved saved) => TellAsync(saved, () => Assistants.WasTold(saved.AssistantId) && Assistants.Find(saved.AssistantId)?.Version == saved.Version);

    /// <inheritdoc cref="TellAsync(AssistantSaved)"/>
    public Task TellAsync(AssistantDeleted deleted) => TellAsync(deleted, () => Assistants.Knows(deleted.AssistantId) && Assistants.Find(deleted.AssistantId) is null);

    public async Task<HealthReportEntry> CheckAsync(string name) =>
        (await _app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == name)).Entries[name];

    private AssistantDirectory Assistants => _app.Services.GetRequiredService<AssistantDirectory>();

    private async Task TellAsync<T>(T news, Func<bool> isKnown)
        where T : class
    {
        await PublishAsync(news);
        await Eventually.BecomesTrueAsync(isKnown);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _logs.Text.ShouldNotContain("sig=");
        _logs.Text.ShouldNotContain("Basic ");
        _logs.Text.ShouldNotContain("SharedKey ");
    }
}
