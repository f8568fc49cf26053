using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Sweep;

internal static class SweepExtensions
{
    public static IServiceCollection AddStoreSweep(this IServiceCollection services)
    {
        services.AddOptions<SweepOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(SweepOptions.Section).Bind(options);
                options.Read(configuration["BURQI_SWEEP_ORPHANS_HOURS"]);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SweepOptions>, SweepOptionsValidator>();
        services.AddSingleton<SweepMetrics>();
        return services.AddHostedService<StoreSweeper>();
    }
}
