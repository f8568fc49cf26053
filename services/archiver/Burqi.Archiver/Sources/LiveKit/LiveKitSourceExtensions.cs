using Burqi.Archiver.Sources.Buckets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Burqi.Archiver.Sources.LiveKit;

internal static class LiveKitSourceExtensions
{
    public static IServiceCollection AddLiveKitSource(this IServiceCollection services)
    {
        services.TryAddSingleton<S3Bucket>();
        services.TryAddSingleton<AzureContainer>();
        services.AddSingleton<LiveKitRecordingSource>();
        services.AddSingleton<IRecordingSource>(provider => provider.GetRequiredService<LiveKitRecordingSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderSource, LiveKitProviderSource>());
        return services;
    }
}
