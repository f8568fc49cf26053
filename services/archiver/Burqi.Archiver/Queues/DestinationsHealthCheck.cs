using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Queues;

/// <summary>Whether anything is left alone for having failed too often. Anybody may ask for health: hosts are counted and not named.</summary>
internal sealed class DestinationsHealthCheck(Destinations destinations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var broken = destinations.Look().Where(seen => seen.State != DestinationState.Closed).Select(seen => seen.Destination).ToList();
        var sources = broken.Count(name => !Destinations.IsStore(name));
        string[] what = [.. broken.Where(Destinations.IsStore).Order(StringComparer.Ordinal), .. sources == 0 ? Array.Empty<string>() : [sources == 1 ? "1 source" : $"{sources} sources"]];
        return Task.FromResult(broken.Count == 0
            ? HealthCheckResult.Healthy("Nothing is left alone.")
            : HealthCheckResult.Degraded($"Left alone for failing too often, and tried now and then: {string.Join(", ", what)}; their jobs wait."));
    }
}
