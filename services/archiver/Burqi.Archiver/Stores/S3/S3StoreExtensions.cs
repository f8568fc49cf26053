using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.S3;

internal static class S3StoreExtensions
{
    public static IServiceCollection AddS3Store(this IServiceCollection services)
    {
        services.AddOptions<S3StoreOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(S3StoreOptions.Section).Bind(options);
                options.Enabled = StoreNames.IsNamed(configuration, StoreNames.S3);
                options.Bucket = configuration["S3_RECORDING_BUCKET"] ?? options.Bucket;
                options.Region = configuration["S3_RECORDING_REGION"] ?? options.Region;
                options.AccessKeyId = configuration["AWS_ACCESS_KEY_ID"] ?? options.AccessKeyId;
                options.SecretAccessKey = configuration["AWS_SECRET_ACCESS_KEY"] ?? options.SecretAccessKey;
                options.EndpointUrl = configuration["AWS_ENDPOINT_URL_S3"] ?? options.EndpointUrl;
                options.ServerSideEncryption = configuration["BURQI_S3_SERVER_SIDE_ENCRYPTION"]?.Trim() ?? options.ServerSideEncryption;
                options.KmsKeyId = configuration["BURQI_S3_KMS_KEY_ID"]?.Trim() ?? options.KmsKeyId;
                options.ReadChunkEncoding(configuration["BURQI_S3_CHUNK_ENCODING"]);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<S3StoreOptions>, S3StoreOptionsValidator>();
        return services.AddSingleton<S3RecordingStore>();
    }
}
