using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Hosting.Telemetry;

/// <summary>Registers traces, metrics and logs.</summary>
internal static class TelemetryExtensions
{
    public const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<IHostedService>(provider => new TelemetryService(serviceName, provider.GetRequiredService<IConfiguration>()));

        builder.Logging.ClearProviders();
        builder.Logging.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
        else
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
    }

    public static IReadOnlyList<string> Check(IConfiguration configuration) =>
        configuration[EndpointName]?.Trim() is not { Length: > 0 } endpoint
        || (Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? []
            : [$"{EndpointName} is '{endpoint}': it must be the collector's URL, such as http://collector:4317."];
}
