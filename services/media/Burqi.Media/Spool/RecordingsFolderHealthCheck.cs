using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Spool;

/// <summary>Whether a new recording could be begun: the folder takes a file, and the disk has room.</summary>
internal sealed class RecordingsFolderHealthCheck(IOptions<MediaOptions> options, ManifestStore store) : IHealthCheck
{
    private const string ProbeName = ".health";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Shared: a load balancer and an orchestrator may ask in the same moment.
            using (var probe = new FileStream(Path.Combine(store.Root, ProbeName), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
            {
                probe.WriteByte(1);
            }

            var free = new DriveInfo(store.Root).AvailableFreeSpace;
            return Task.FromResult(free < options.Value.MinFreeBytes
                ? HealthCheckResult.Unhealthy($"The disk of the recordings folder has {free / 1048576} MiB left.")
                : HealthCheckResult.Healthy());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The recordings folder cannot be written.", exception));
        }
    }
}
