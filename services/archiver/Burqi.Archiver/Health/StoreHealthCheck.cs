using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Fallback;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Health;

/// <summary>
/// Whether the store takes objects. When it does not the archiver is degraded, not unready: jobs are still taken in and wait for it, or go
/// to the fallback.
/// </summary>
internal sealed class StoreHealthCheck(RecordingStores stores, StoreChoice choice) : IHealthCheck
{
    // Two of them fit into what a check may take at all: one that is cut off counts as failed and not as degraded.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (stores.Fallback is { } fallback && choice.ForNew == fallback && choice.RefusalOfPrimary is { } refusal)
        {
            return HealthCheckResult.Degraded(
                $"Store {stores.Primary.Name} has refused for {refusal.RefusedFor.TotalMinutes:0} min; recordings go to store {fallback.Name} until it is back.");
        }

        var failure = await FailureAsync(stores.Primary, cancellationToken);
        if (failure is not null)
        {
            return HealthCheckResult.Degraded($"Store {stores.Primary.Name} does not answer; recordings wait for it.", failure);
        }

        // Nobody asks it for anything until it is needed, and then it is too late to learn that it does not work.
        return stores.Fallback is not { } second || await FailureAsync(second, cancellationToken) is not { } other
            ? HealthCheckResult.Healthy($"Store {stores.Primary.Name} answers.")
            : HealthCheckResult.Degraded($"Store {stores.Primary.Name} answers; the fallback {second.Name} does not.", other);
    }

    private static async Task<Exception?> FailureAsync(IRecordingStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
    }
}
