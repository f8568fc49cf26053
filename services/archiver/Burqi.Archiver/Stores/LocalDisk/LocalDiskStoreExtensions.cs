using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Stores.LocalDisk;

internal static class LocalDiskStoreExtensions
{
    private const string DefaultDataDirectory = "data";

    public static IServiceCollection AddLocalDiskStore(this IServiceCollection services)
    {
        services.AddOptions<LocalDiskStoreOptions>().Configure<IConfiguration>((options, configuration) =>
        {
            var data = configuration["BURQI_DATA_DIR"];
            options.Root = Path.Combine(string.IsNullOrWhiteSpace(data) ? DefaultDataDirectory : data, "objects");
        });
        return services.AddSingleton<LocalDiskRecordingStore>();
    }
}
