using Burqi.AzureBlob;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.AzureBlob;

internal static class AzureBlobStoreExtensions
{
    public static IServiceCollection AddAzureBlobStore(this IServiceCollection services)
    {
        services.AddOptions<AzureBlobStoreOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(AzureBlobStoreOptions.Section).Bind(options);
                options.Enabled = StoreNames.IsNamed(configuration, StoreNames.Azure);
                options.EncryptionScope = configuration["BURQI_AZURE_ENCRYPTION_SCOPE"]?.Trim() ?? options.EncryptionScope;
                options.Azure = AzureBlobSettings.Read(configuration);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AzureBlobStoreOptions>, AzureBlobStoreOptionsValidator>();
        return services.AddSingleton<AzureBlobRecordingStore>();
    }
}
