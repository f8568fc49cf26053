using Burqi.Archiver.Jobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Queues;

internal static class JobQueuesExtensions
{
    /// <summary>Registers what chooses the next job.</summary>
    public static IServiceCollection AddJobQueues(this IServiceCollection services)
    {
        services.AddOptions<DestinationOptions>().Configure<IConfiguration>((options, configuration) => options.Read(configuration)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DestinationOptions>, DestinationOptionsValidator>();
        services.AddSingleton<Destinations>();
        services.AddSingleton<DueQueuesQuery>();
        services.AddSingleton<ClaimJobCommand>();
        services.AddSingleton<JobQueues>();
        return services;
    }
}
