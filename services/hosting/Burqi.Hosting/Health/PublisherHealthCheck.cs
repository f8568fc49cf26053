using Burqi.Hosting.Bus;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Health;

/// <summary>Ready only while nothing speaks against publishing; degraded while another service's queue is not there yet.</summary>
internal sealed class PublisherHealthCheck(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (state.PublishTrouble() is { } trouble)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(trouble));
        }

        return Task.FromResult(state.Report is { Missing: { Count: > 0 } missing }
            ? HealthCheckResult.Degraded($"messages are kept back until {string.Join(", ", missing)} exists")
            : HealthCheckResult.Healthy());
    }
}
