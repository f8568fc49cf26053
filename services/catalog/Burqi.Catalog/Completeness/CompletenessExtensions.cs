using Burqi.Catalog.Completeness.Announce;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Completeness;

/// <summary>Registers what finds calls that were not recorded in full.</summary>
internal static class CompletenessExtensions
{
    public static void AddCompleteness(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<CompletenessOptions>, CompletenessOptionsValidator>();
        services.AddOptions<CompletenessOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration))
            .ValidateOnStart();
        services.AddSingleton<CompletenessMetrics>();
        services.AddSingleton<LookAtCallsCommand>();
        services.AddSingleton<OpenAlarmsQuery>();
        services.AddHostedService<CompletenessWorker>();

        services.AddSingleton<CompletenessNewsQuery>();
        services.AddSingleton<ConfirmCompletenessNewsCommand>();
        services.AddHostedService<CompletenessAnnouncer>();
    }
}
