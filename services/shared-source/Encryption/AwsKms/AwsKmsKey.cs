using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Configuration;

namespace Burqi.Encryption.AwsKms;

/// <summary>
/// A key that AWS KMS keeps and never gives out. The object's name goes with each request as encryption context, so that the service itself
/// refuses to unwrap an object's secret for another one, and its audit log says which object was asked for.
/// </summary>
internal sealed class AwsKmsKey(string arn, IAmazonKeyManagementService client) : IKeyEncryptionKey, IDisposable
{
    private const string ObjectContext = "burqi:object";

    // A listener may wait for the answer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private const int Retries = 2;

    public string Id => arn;

    public static AwsKmsKey Create(string arn, IConfiguration configuration)
    {
        var config = new AmazonKeyManagementServiceConfig { Timeout = LongestWait, MaxErrorRetry = Retries };
        if (Value("AWS_ENDPOINT_URL_KMS") is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = EncryptionSettings.RegionOf(arn);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(EncryptionSettings.RegionOf(arn));
        }

        return new AwsKmsKey(arn, Value("AWS_ACCESS_KEY_ID") is { } accessKey && Value("AWS_SECRET_ACCESS_KEY") is { } secretKey
            ? new AmazonKeyManagementServiceClient(new BasicAWSCredentials(accessKey, secretKey), config)
            : new AmazonKeyManagementServiceClient(config));

        string? Value(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name];
    }

    public Task<byte[]> WrapAsync(ReadOnlyMemory<byte> secret, string objectKey, CancellationToken cancellationToken) => AskAsync(
        async () => (await client.EncryptAsync(
            new EncryptRequest { KeyId = arn, Plaintext = new MemoryStream(secret.ToArray()), EncryptionContext = Context(objectKey) },
            cancellationToken)).CiphertextBlob.ToArray(),
        cancellationToken);

    public Task<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string objectKey, CancellationToken cancellationToken) => AskAsync(
        async () => (await client.DecryptAsync(
            new DecryptRequest { KeyId = arn, CiphertextBlob = new MemoryStream(wrapped.ToArray()), EncryptionContext = Context(objectKey) },
            cancellationToken)).Plaintext.ToArray(),
        cancellationToken);

    public void Dispose() => client.Dispose();

    private static Dictionary<string, string> Context(string objectKey) => new(StringComparer.Ordinal) { [ObjectContext] = objectKey };

    private async Task<byte[]> AskAsync(Func<Task<byte[]>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is InvalidCiphertextException or IncorrectKeyException)
        {
            throw new EncryptionException($"Key '{arn}' is not the one that the object was encrypted with, or its metadata was altered.", exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What KMS said names identities and requests: it is for the log, and this sentence is shown to clients.
            throw new EncryptionException($"Key '{arn}' could not be asked of KMS.", exception);
        }
    }
}
