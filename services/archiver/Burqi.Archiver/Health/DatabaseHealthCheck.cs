using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Health;

/// <summary>Whether jobs can be written down and taken up: the schema stands, the table answers, and nothing has been due for too long or been given up.</summary>
internal sealed class DatabaseHealthCheck(ArchiverDatabase database, JobCensusQuery query, IOptions<ArchiverOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!database.IsMigrated)
        {
            return HealthCheckResult.Unhealthy("Schema archiver is not migrated yet: the database (BURQI_DATABASE_URL) is being waited for.");
        }

        JobCensus census;
        try
        {
            census = await query.ExecuteAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The job table does not answer.", exception);
        }

        var data = new Dictionary<string, object>
        {
            ["waiting"] = census.Waiting,
            ["running"] = census.Running,
            ["dead"] = census.Dead,
            ["oldest_waiting_seconds"] = census.OldestWaitingSeconds,
        };
        string[] troubles =
        [
            .. census.OldestWaitingSeconds > options.Value.OldestJobLimit.TotalSeconds
                ? [$"A recording has been due for archiving for {census.OldestWaitingSeconds:0} s."] : Array.Empty<string>(),
            .. census.Dead > 0
                ? [$"{census.Dead} {(census.Dead == 1 ? "job was" : "jobs were")} given up: see them, and retry or dismiss them, with burqi jobs."] : Array.Empty<string>(),
        ];
        return troubles.Length > 0
            ? HealthCheckResult.Degraded(string.Join(' ', troubles), data: data)
            : HealthCheckResult.Healthy("The job table answers.", data);
    }
}
