using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Burqi.Hosting.Telemetry;

/// <summary>
/// Collects traces and metrics while the process runs. Without a collector to send to, activities are still made, so that a trace id
/// is in the logs and goes with every message.
/// </summary>
internal sealed class TelemetryService(string serviceName, IConfiguration configuration) : IHostedService, IDisposable
{
    private const int FlushLimitMs = 3000;

    private TracerProvider? _tracing;
    private MeterProvider? _metering;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService($"burqi-{serviceName}", serviceNamespace: "burqi");
        var exporting = !string.IsNullOrWhiteSpace(configuration[TelemetryExtensions.EndpointName]);

        // No sampler is named: the SDK's default is parent-based and always on, and OTEL_TRACES_SAMPLER may say otherwise.
        var tracing = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(UseOurConfiguration)
            .SetResourceBuilder(resource)
            .AddSource("Burqi.*", "MassTransit", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http");
        _tracing = (exporting ? tracing.AddOtlpExporter() : tracing).Build();

        if (exporting)
        {
            _metering = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(UseOurConfiguration)
                .SetResourceBuilder(resource)
                .AddMeter("Burqi.*", "MassTransit", "Npgsql", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime")
                .AddOtlpExporter()
                .Build();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                _tracing?.ForceFlush(FlushLimitMs);
                _metering?.ForceFlush(FlushLimitMs);
            },
            cancellationToken);

    public void Dispose()
    {
        _tracing?.Dispose();
        _metering?.Dispose();
    }

    // The exporter reads OTEL_… from the configuration it finds, by default the environment alone.
    private void UseOurConfiguration(IServiceCollection services) => services.AddSingleton(configuration);
}
