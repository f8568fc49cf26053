using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Ingress.Spool;

/// <summary>
/// Whether an event would be kept. Waiting events alone do not make ingress unready: accepting while the broker is away is what the
/// spool is for. A disk that cannot be written does, once the broker is away too.
/// </summary>
internal sealed class SpoolHealthCheck(EventSpool spool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waiting = spool.PendingCount;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["waiting"] = waiting, ["bytes"] = spool.Bytes };
        try
        {
            spool.Probe();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(waiting > 0
                ? HealthCheckResult.Unhealthy("The spool cannot be written and the bus is away: events would be lost.", exception, data)
                : HealthCheckResult.Degraded("The spool cannot be written: events would be lost if the bus went away.", exception, data));
        }

        return Task.FromResult(
            spool.IsNearlyFull ? HealthCheckResult.Degraded("The spool is nearly full: the bus has been away for long.", data: data)
            : waiting > 0 ? HealthCheckResult.Degraded("Events wait in the spool for the bus.", data: data)
            : HealthCheckResult.Healthy("The spool is empty and can be written.", data));
    }
}
