using System.Net;
using Burqi.Hosting;
using Burqi.Ingress.Spool;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Tests.Support;

/// <summary>
/// The ingress host as its Program builds it, on a loopback port of its own, beside a consumer that keeps what is published and a switch
/// that takes the bus away.
/// </summary>
internal sealed class IngressHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngressHost(WebApplication app, string dataDirectory, CapturedEvents events, CapturedLogs logs)
    {
        _app = app;
        DataDirectory = dataDirectory;
        Events = events;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        Twilio = new TwilioClient(Address, TwilioClient.PublicBaseUrl);
    }

    public Uri Address { get; }

    public TwilioClient Twilio { get; }

    public string DataDirectory { get; }

    public CapturedEvents Events { get; }

    public CapturedLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    public BusSwitch Bus => _app.Services.GetRequiredService<BusSwitch>();

    public BreakableClock Clock => _app.Services.GetRequiredService<BreakableClock>();

    public EventSpool Spool => _app.Services.GetRequiredService<EventSpool>();

    public static async Task<IngressHost> StartAsync(string? dataDirectory = null, params (string Name, string? Value)[] settings)
    {
        var data = dataDirectory ?? TestFolder.Create("ingress");
        var events = new CapturedEvents();
        var logs = new CapturedLogs();
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_URLS"] = "http://127.0.0.1:0",
            ["BURQI_DATA_DIR"] = data,
            ["TWILIO_AUTH_TOKEN"] = TwilioClient.AuthToken,
            ["TWILIO_ACCOUNT_SID"] = TwilioClient.AccountSid,
            ["TWILIO_CALLER_ID"] = TwilioClient.CallerId,
            ["CALLBACK_URI_HOST"] = TwilioClient.PublicBaseUrl,
            ["Logging:LogLevel:Burqi"] = "Trace",
        };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        var app = ServiceHost.Build(
            "ingress",
            // The environment is settled before any configuration is read.
            ["--environment=" + values.GetValueOrDefault("environment", "Production")],
            builder =>
            {
                builder.AddIngress();
                builder.Services.AddSingleton(events);
                builder.Services.AddSingleton<BreakableClock>();
                builder.Services.AddSingleton<TimeProvider>(services => services.GetRequiredService<BreakableClock>());
                builder.Logging.ClearProviders().AddProvider(logs);
                BusSwitch.Install(builder.Services);
            },
            bus =>
            {
                bus.AddIngressConsumers();
                bus.AddConsumer<EventCapture, EventCaptureDefinition>();
            },
            routes => routes.MapIngress(),
            builder => builder.Configuration.AddInMemoryCollection(values));
        await app.StartAsync();
        return new IngressHost(app, data, events, logs);
    }

    public Metrics Measure() => new(_app.Services.GetRequiredService<IngressTelemetry>().Meter);

    public async Task<HttpStatusCode> HealthAsync(string path = "/health/ready")
    {
        using var response = await Twilio.Http.GetAsync(new Uri(Address, path));
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Twilio.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
