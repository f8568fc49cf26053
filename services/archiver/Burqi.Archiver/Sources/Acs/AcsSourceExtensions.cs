using Burqi.Archiver.Sources.Buckets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Acs;

internal static class AcsSourceExtensions
{
    public static IServiceCollection AddAcsSource(this IServiceCollection services)
    {
        services.AddOptions<AcsSourceOptions>()
            .Configure<IConfiguration>((options, configuration) =>
                options.Read(Value(configuration["ACS_CONNECTION_STRING"]), Value(configuration["BURQI_ACS_CONTENT_HOSTS"]), Value(configuration["RECORDING_USE_BYOS"])))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AcsSourceOptions>, AcsSourceOptionsValidator>();
        services.TryAddSingleton<AzureContainer>();
        services.AddSingleton<AcsRecordingSource>();
        services.AddSingleton<AcsBlobRecordingSource>();
        services.AddSingleton<IRecordingSource>(provider => provider.GetRequiredService<AcsRecordingSource>());
        services.AddSingleton<IRecordingSource>(provider => provider.GetRequiredService<AcsBlobRecordingSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderSource, AcsProviderSource>());
        return services;
    }

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
