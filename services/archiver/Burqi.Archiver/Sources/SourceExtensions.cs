using Burqi.Archiver.Sources.MediaNode;
using Burqi.Archiver.Sources.StoredChannel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources;

internal static class SourceExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // So that a changed address of a media node or of Twilio is noticed.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddRecordingSources(this IServiceCollection services)
    {
        services.AddOptions<DownloadOptions>().BindConfiguration(DownloadOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DownloadOptions>, DownloadOptionsValidator>();
        services.AddSingleton<DownloadPipelines>();
        services.AddSingleton<RecordingDownload>();
        services.AddTransient<RetryingDownloadHandler>();
        services.AddHttpClient(RecordingDownload.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan) // the pipeline has the timeouts
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // RecordingDownload has the rules
                UseCookies = false,
                ConnectTimeout = ConnectTimeout,
                PooledConnectionLifetime = ConnectionLifetime,
            })
            .RemoveAllLoggers() // they write addresses, and ours are signed
            .AddHttpMessageHandler<RetryingDownloadHandler>();

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordingSource, MediaNodeRecordingSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordingSource, StoredChannelSource>());
        return services;
    }
}
