using Burqi.Hosting.Bus;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Health;

/// <summary>Ready only while the broker answers over a fresh connection.</summary>
internal sealed class BrokerHealthCheck(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Report switch
        {
            null => HealthCheckResult.Unhealthy("the broker was not looked at yet"),
            { Unreachable: { } reason } => HealthCheckResult.Unhealthy(reason),
            _ => HealthCheckResult.Healthy(),
        });
}
