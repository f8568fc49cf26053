using Burqi.Hosting.Bus;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Health;

/// <summary>Ready only while our consumers are attached to their queues, as the broker counts them.</summary>
internal sealed class ConsumersHealthCheck(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Report switch
        {
            null => HealthCheckResult.Unhealthy("the queues were not looked at yet"),
            { Unreachable: not null } => HealthCheckResult.Unhealthy("the broker is out of reach, and the consumers with it"),
            { Unattended: { Count: > 0 } queues } => HealthCheckResult.Unhealthy($"no consumer of ours is attached to {string.Join(", ", queues)}"),
            { Unanswering: { Count: > 0 } queues } => HealthCheckResult.Unhealthy($"the broker does not answer for {string.Join(", ", queues)}"),
            _ => HealthCheckResult.Healthy(),
        });
}
