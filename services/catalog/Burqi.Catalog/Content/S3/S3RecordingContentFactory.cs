using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.S3;

internal static class S3RecordingContentFactory
{
    public static S3RecordingContent Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ContentOptions>>();
        return new S3RecordingContent(CreateClient(options.Value), options, provider.GetRequiredService<TimeProvider>());
    }

    private static AmazonS3Client CreateClient(ContentOptions options)
    {
        var configuration = new AmazonS3Config
        {
            // Servers other than Amazon's do not know the newer checksum headers; ours is compared by the archiver.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint;
            configuration.ForcePathStyle = true;
            configuration.AuthenticationRegion = options.Region;
        }
        else
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return options.AccessKeyId is { } accessKey
            ? new AmazonS3Client(new BasicAWSCredentials(accessKey, options.SecretAccessKey), configuration)
            : new AmazonS3Client(configuration);
    }
}
