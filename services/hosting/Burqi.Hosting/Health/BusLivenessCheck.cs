using Burqi.Hosting.Bus;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Health;

/// <summary>Alive unless the bus is stuck for good. A broker that is away does not make the process dead.</summary>
internal sealed class BusLivenessCheck(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Stuck is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
}
