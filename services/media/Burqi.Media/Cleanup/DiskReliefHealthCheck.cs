using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Media.Cleanup;

/// <summary>Degraded while the disk is above its high-water mark and nothing on it may be removed. New recordings begin all the same, as long as there is room.</summary>
internal sealed class DiskReliefHealthCheck(DiskRelief relief) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(relief.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
