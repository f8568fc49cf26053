using Burqi.AzureBlob;
using Burqi.Catalog.Content.AzureBlob;
using Burqi.Catalog.Content.Encryption;
using Burqi.Catalog.Content.LocalDisk;
using Burqi.Catalog.Content.Redirect;
using Burqi.Catalog.Content.S3;
using Burqi.Encryption;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
                options.FallbackStore = Value("BURQI_FALLBACK_STORE");
                options.DataDirectory = Value("BURQI_DATA_DIR") ?? options.DataDirectory;
                options.Bucket = Value("S3_RECORDING_BUCKET");
                options.Region = Value("S3_RECORDING_REGION");
                options.Endpoint = Value("AWS_ENDPOINT_URL_S3");
                options.AccessKeyId = Value("AWS_ACCESS_KEY_ID");
                options.SecretAccessKey = Value("AWS_SECRET_ACCESS_KEY");
                options.Azure = AzureBlobSettings.Read(configuration);
                options.ReadRedirect(Value("BURQI_CONTENT_REDIRECT"), Value("BURQI_CONTENT_REDIRECT_SECONDS"));

                string? Value(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name];
            })
            .ValidateOnStart();

        services.AddSingleton<LocalDiskRecordingContent>();
        services.AddSingleton<S3RecordingContent>(S3RecordingContentFactory.Create);
        services.AddSingleton<AzureBlobRecordingContent>();
        services.AddEncryptionKeys();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ContentOptions>>().Value;
            return new RecordingContents(Content(provider, options.Store), options.FallbackStore is { } fallback ? Content(provider, fallback) : null);
        });
        services.AddSingleton(provider => new ContentRedirect(
            [.. Presigned(provider)], provider.GetRequiredService<IOptions<ContentOptions>>(), provider.GetRequiredService<ILogger<ContentRedirect>>()));
    }

    /// <summary>The store of that kind. What is to be done with every object on its way out is put around it here.</summary>
    private static EncryptedRecordingContent Content(IServiceProvider provider, string store) => new(
        store switch
        {
            ContentOptions.S3 => provider.GetRequiredService<S3RecordingContent>(),
            ContentOptions.AzureBlobs => provider.GetRequiredService<AzureBlobRecordingContent>(),
            _ => provider.GetRequiredService<LocalDiskRecordingContent>(),
        },
        provider.GetRequiredService<KeyRing>());

    /// <summary>The stores as they are, without anything around them: a client that is sent there gets what lies there.</summary>
    private static IEnumerable<IPresignedContent> Presigned(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ContentOptions>>().Value;
        if (options.IsNamed(ContentOptions.S3))
        {
            yield return provider.GetRequiredService<S3RecordingContent>();
        }

        if (options.IsNamed(ContentOptions.AzureBlobs))
        {
            yield return provider.GetRequiredService<AzureBlobRecordingContent>();
        }
    }
}
