using Burqi.AzureBlob;
using Burqi.Catalog.Content.AzureBlob;
using Burqi.Catalog.Content.Encryption;
using Burqi.Catalog.Content.LocalDisk;
using Burqi.Catalog.Content.S3;
using Burqi.Encryption;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content;

internal static class ContentExtensions
{
    public static void AddRecordingContent(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ContentOptions>, ContentOptionsValidator>();
        services.AddOptions<ContentOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Store = Value("BURQI_STORE") ?? options.Store;
                options.DataDirectory = Value("BURQI_DATA_DIR") ?? options.DataDirectory;
                options.Bucket = Value("S3_RECORDING_BUCKET");
                options.Region = Value("S3_RECORDING_REGION");
                options.Endpoint = Value("AWS_ENDPOINT_URL_S3");
                options.AccessKeyId = Value("AWS_ACCESS_KEY_ID");
                options.SecretAccessKey = Value("AWS_SECRET_ACCESS_KEY");
                options.Azure = AzureBlobSettings.Read(configuration);

                string? Value(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name];
            })
            .ValidateOnStart();

        services.AddSingleton<LocalDiskRecordingContent>();
        services.AddSingleton<S3RecordingContent>(S3RecordingContentFactory.Create);
        services.AddSingleton<AzureBlobRecordingContent>();
        services.AddEncryptionKeys();
        services.AddSingleton<IRecordingContent>(provider => new EncryptedRecordingContent(
            provider.GetRequiredService<IOptions<ContentOptions>>().Value.Store switch
            {
                ContentOptions.S3 => provider.GetRequiredService<S3RecordingContent>(),
                ContentOptions.AzureBlobs => provider.GetRequiredService<AzureBlobRecordingContent>(),
                _ => provider.GetRequiredService<LocalDiskRecordingContent>(),
            },
            provider.GetRequiredService<KeyRing>()));
    }
}
