using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Health;

/// <summary>Registers hosting's own checks.</summary>
internal static class HealthExtensions
{
    // A check that hangs is a check that failed; orchestrators wait a few seconds at most.
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<BusLivenessCheck>("bus", tags: [HealthEndpoints.Live])
            .AddCheck<BrokerHealthCheck>("broker", tags: [HealthEndpoints.Ready])
            .AddCheck<ConsumersHealthCheck>("consumers", tags: [HealthEndpoints.Ready])
            .AddCheck<PublisherHealthCheck>("publisher", tags: [HealthEndpoints.Ready]);

        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations.Where(registration => registration.Timeout == Timeout.InfiniteTimeSpan))
            {
                registration.Timeout = CheckLimit;
            }
        });
        return services;
    }
}
