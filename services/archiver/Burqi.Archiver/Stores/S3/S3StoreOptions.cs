using Amazon.S3;
using Burqi.Archiver.Stores.Parts;

namespace Burqi.Archiver.Stores.S3;

/// <summary>The store in an S3 bucket. All of it is ignored unless <c>BURQI_STORE</c> or <c>BURQI_FALLBACK_STORE</c> is <c>s3</c>.</summary>
public sealed class S3StoreOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:S3";

    /// <summary>Whether this is a store in use.</summary>
    public bool Enabled { get; set; }

    /// <summary><c>S3_RECORDING_BUCKET</c>: the bucket, which must exist. Required.</summary>
    public string Bucket { get; set; } = "";

    /// <summary><c>S3_RECORDING_REGION</c>: the bucket's region. Required for Amazon's own S3; <c>us-east-1</c> with a custom endpoint.</summary>
    public string Region { get; set; } = "";

    /// <summary><c>AWS_ACCESS_KEY_ID</c>. Without it and its secret the SDK looks where it always does (profile, web identity, instance role).</summary>
    public string AccessKeyId { get; set; } = "";

    /// <summary><c>AWS_SECRET_ACCESS_KEY</c>.</summary>
    public string SecretAccessKey { get; set; } = "";

    /// <summary>
    /// <c>AWS_ENDPOINT_URL_S3</c>: an S3 server other than Amazon's, http or https. It is addressed by path, and only with the checksums
    /// that S3 demands: others do not know the newer ones.
    /// </summary>
    public string EndpointUrl { get; set; } = "";

    /// <summary>
    /// <c>BURQI_S3_CHUNK_ENCODING</c>: whether bodies are signed in aws-chunked pieces instead of as a whole. Default false: what is sent is in
    /// memory, so that nothing is gained by pieces; they cost both sides a signature each, and some servers, such as OpenStack Swift, refuse them.
    /// </summary>
    public bool UseChunkEncoding { get; set; }

    /// <summary>
    /// Objects up to this size are put in one request, longer ones in parts of it, or of more where S3's 10 000 parts would not hold them
    /// otherwise. 5 MiB (S3's smallest part) to 512 MiB. Default 5 MiB.
    /// </summary>
    public int PartSize { get; set; } = PartSizes.Usual;

    /// <summary>How long one request may take to be answered, and how long an answer's body may be still. Default 2 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request is sent again at once; after that the recording waits for its next attempt. 0 to 10. Default 3.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>
    /// <c>BURQI_S3_SERVER_SIDE_ENCRYPTION</c>: what S3 is asked to encrypt objects with, <c>AES256</c> (SSE-S3) or <c>aws:kms</c> (SSE-KMS);
    /// <c>none</c> leaves it to the bucket. Default <c>none</c>.
    /// </summary>
    public string ServerSideEncryption { get; set; } = NoEncryption;

    /// <summary><c>BURQI_S3_KMS_KEY_ID</c>: the key of SSE-KMS, by its id, alias or ARN. Default: the account's own key for S3.</summary>
    public string KmsKeyId { get; set; } = "";

    /// <summary>The storage class of what is seldom read. Default <c>STANDARD_IA</c>.</summary>
    public string CoolStorageClass { get; set; } = "STANDARD_IA";

    /// <summary>The storage class of what is kept and hardly ever read. <c>GLACIER_IR</c> is read at once, at a higher price. Default <c>GLACIER</c>.</summary>
    public string ArchiveStorageClass { get; set; } = "GLACIER";

    /// <summary>The most that S3 copies in one request.</summary>
    internal long LargestCopy { get; set; } = 5L * 1024 * 1024 * 1024;

    internal const string NoEncryption = "none";

    internal ServerSideEncryptionMethod? EncryptionMethod =>
        ServerSideEncryption == NoEncryption ? null : ServerSideEncryptionMethod.FindValue(ServerSideEncryption);

    internal string? EncryptionKey => string.IsNullOrWhiteSpace(KmsKeyId) ? null : KmsKeyId;

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over the flat variable; null leaves what is set.</summary>
    internal void ReadChunkEncoding(string? value)
    {
        if (bool.TryParse(value, out var useIt))
        {
            UseChunkEncoding = useIt;
        }
        else if (value is not null)
        {
            Unreadable.Add($"BURQI_S3_CHUNK_ENCODING is '{value}': give true or false.");
        }
    }
}
