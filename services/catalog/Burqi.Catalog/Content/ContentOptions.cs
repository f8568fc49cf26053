using Burqi.AzureBlob;

namespace Burqi.Catalog.Content;

/// <summary>Where archived audio is read from: the archiver's own settings, under the same names.</summary>
internal sealed class ContentOptions
{
    public const string Disk = "disk";
    public const string S3 = "s3";
    public const string AzureBlobs = "azure";

    /// <summary><c>BURQI_STORE</c>: <c>disk</c> (default), <c>s3</c> or <c>azure</c>.</summary>
    public string Store { get; set; } = Disk;

    /// <summary><c>BURQI_DATA_DIR</c>: objects lie in <c>objects</c> below it. Default <c>data</c>; read for the store disk only.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary><c>S3_RECORDING_BUCKET</c>. Required for the store s3.</summary>
    public string? Bucket { get; set; }

    /// <summary><c>S3_RECORDING_REGION</c>. Required for the store s3, unless an endpoint is given.</summary>
    public string? Region { get; set; }

    /// <summary><c>AWS_ENDPOINT_URL_S3</c>: another server than Amazon's, addressed by path. Optional.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>AWS_ACCESS_KEY_ID</c>. With no key pair given, the AWS SDK looks for credentials where it always does.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary><c>AWS_SECRET_ACCESS_KEY</c>. Goes with the access key.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>The container and its account. Read for the store azure only.</summary>
    public AzureBlobSettings Azure { get; set; } = new();
}
