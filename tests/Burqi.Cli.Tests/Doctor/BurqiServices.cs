using Burqi.Hosting;
using Burqi.Ingress;
using Burqi.Media;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Burqi.Cli.Tests.Doctor;

/// <summary>Ingress and media as their hosts compose them, each on a port of its own.</summary>
public sealed class BurqiServices : IAsyncLifetime
{
    public const string Host = "burqi.test";
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string AuthToken = "0123456789abcdef0123456789abcdef";

    private WebApplication? ingress;
    private WebApplication? media;

    public Uri Ingress => new(ingress!.Urls.Single());

    public Uri Media => new(media!.Urls.Single());

    public string DataFolder { get; } = TestFolder.Create("data");

    public string RecordingsFolder { get; } = TestFolder.Create("recordings");

    public async ValueTask InitializeAsync() => await StartBothAsync([]);

    /// <summary>Starts both, some of their settings being other than the usual ones.</summary>
    public static async Task<BurqiServices> StartAsync(params (string Name, string? Value)[] settings)
    {
        var services = new BurqiServices();
        await services.StartBothAsync(settings);
        return services;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in new[] { ingress, media })
        {
            if (app is not null)
            {
                await app.StopAsync();
                await app.DisposeAsync();
            }
        }
    }

    private async Task StartBothAsync((string Name, string? Value)[] settings)
    {
        // MassTransit keeps the log of the first bus of a flow for all later ones, also when that bus and its log are gone.
        LogContext.Current = null;
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_URLS"] = "http://127.0.0.1:0",
            ["BURQI_DATA_DIR"] = DataFolder,
            ["BURQI_RECORDINGS_DIR"] = RecordingsFolder,
            ["BURQI_MEDIA_MIN_FREE_MIB"] = "1",
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["TWILIO_AUTH_TOKEN"] = AuthToken,
            ["CALLBACK_URI_HOST"] = "https://" + Host,
            ["Logging:LogLevel:Default"] = "Error",
            ["Logging:LogLevel:Burqi"] = "Error",
        };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        string[] arguments = ["--environment=" + values.GetValueOrDefault("environment", "Production")];
        ingress = ServiceHost.Build(
            "ingress", arguments, builder => builder.AddIngress(), bus => bus.AddIngressConsumers(), app => app.MapIngress(), builder => builder.Configuration.AddInMemoryCollection(values));
        media = ServiceHost.Build(
            "media", arguments, builder => builder.AddMedia(), bus => bus.AddMediaConsumers(), app => app.MapMedia(), builder => builder.Configuration.AddInMemoryCollection(values));
        await ingress.StartAsync();
        LogContext.Current = null;
        await media.StartAsync();
    }
}
