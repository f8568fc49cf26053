using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores.AzureBlob;
using Burqi.Archiver.Stores.Encryption;
using Burqi.Archiver.Stores.Fallback;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Archiver.Stores.Parts;
using Burqi.Archiver.Stores.S3;
using Burqi.Archiver.Stores.Sweep;
using Burqi.Encryption;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores;

internal static class RecordingStoresExtensions
{
    /// <summary>Registers every kind of store, and <see cref="RecordingStores"/> over those that the settings name.</summary>
    public static IServiceCollection AddRecordingStores(this IServiceCollection services)
    {
        services.AddPartedUploads();
        services.AddLocalDiskStore();
        services.AddS3Store();
        services.AddAzureBlobStore();
        services.AddStoreSweep();
        services.AddFallback();
        services.AddEncryption();
        return services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ArchiverOptions>>().Value;
            return new RecordingStores(Store(provider, options.Store), options.FallbackStore is { } fallback ? Store(provider, fallback) : null);
        });
    }

    private static void AddFallback(this IServiceCollection services)
    {
        services.AddOptions<FallbackOptions>().Configure<IConfiguration>((options, configuration) => options.Read(configuration)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FallbackOptions>, FallbackOptionsValidator>();
        services.AddSingleton<StoreStates>();
        services.AddSingleton<StoreChoice>();
        services.AddHostedService<StoreWatch>();
        services.AddSingleton<StoredRecordingQuery>();
        services.AddSingleton<SwitchStoreCommand>();
        services.AddSingleton<CompleteMoveCommand>();
        services.AddSingleton<FallbackMetrics>();
        services.AddSingleton<RecordingMove>();
        services.AddSingleton<IJobStep>(provider => provider.GetRequiredService<RecordingMove>());
    }

    /// <summary>The store of that kind. What is to be done with every object on its way in and out is put around it here.</summary>
    private static EncryptedRecordingStore Store(IServiceProvider provider, string name) => new(
        name switch
        {
            StoreNames.S3 => provider.GetRequiredService<S3RecordingStore>(),
            StoreNames.Azure => provider.GetRequiredService<AzureBlobRecordingStore>(),
            _ => provider.GetRequiredService<LocalDiskRecordingStore>(),
        },
        provider.GetRequiredService<KeyRing>());
}
