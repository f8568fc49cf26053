using Burqi.Archiver.Stores;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Health;

/// <summary>
/// Whether the store takes objects. When it does not the archiver is degraded, not unready: jobs are still taken in and wait for it.
/// </summary>
internal sealed class StoreHealthCheck(RecordingStores stores) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var store = stores.Primary;
        try
        {
            await store.CheckAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
            return HealthCheckResult.Healthy($"Store {store.Name} answers.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"Store {store.Name} does not answer; recordings wait for it.", exception);
        }
    }
}
