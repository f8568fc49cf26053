using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Catalog.Database;

/// <summary>Ready means: the schema is up to date and the server answers.</summary>
internal sealed class DatabaseHealthCheck(CatalogDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!database.IsMigrated)
        {
            return HealthCheckResult.Unhealthy("The schema catalog is not up to date yet.");
        }

        try
        {
            await using var command = database.Source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
