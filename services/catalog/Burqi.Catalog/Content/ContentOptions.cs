using System.Globalization;
using Burqi.AzureBlob;

namespace Burqi.Catalog.Content;

/// <summary>Where archived audio is read from: the archiver's own settings, under the same names.</summary>
internal sealed class ContentOptions
{
    public const string Disk = "disk";
    public const string S3 = "s3";
    public const string AzureBlobs = "azure";

    // Long enough for a clock that is a little ahead, short enough that an address which is passed around is soon worth nothing.
    private const int ShortestRedirect = 10;
    private const int LongestRedirect = 3600;

    /// <summary><c>BURQI_STORE</c>: <c>disk</c> (default), <c>s3</c> or <c>azure</c>.</summary>
    public string Store { get; set; } = Disk;

    /// <summary><c>BURQI_FALLBACK_STORE</c>: where recordings lie that the first store did not take; of another kind. Optional.</summary>
    public string? FallbackStore { get; set; }

    /// <summary><c>BURQI_DATA_DIR</c>: objects lie in <c>objects</c> below it. Default <c>data</c>; read for a store disk only.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary><c>S3_RECORDING_BUCKET</c>. Required for a store s3.</summary>
    public string? Bucket { get; set; }

    /// <summary><c>S3_RECORDING_REGION</c>. Required for a store s3, unless an endpoint is given.</summary>
    public string? Region { get; set; }

    /// <summary><c>AWS_ENDPOINT_URL_S3</c>: another server than Amazon's, addressed by path. Optional.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>AWS_ACCESS_KEY_ID</c>. With no key pair given, the AWS SDK looks for credentials where it always does.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary><c>AWS_SECRET_ACCESS_KEY</c>. Goes with the access key.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>The container and its account. Read for a store azure only.</summary>
    public AzureBlobSettings Azure { get; set; } = new();

    /// <summary>
    /// <c>BURQI_CONTENT_REDIRECT</c>: <c>true</c> sends clients to the store for the audio, by an address that is good for a while. Default false.
    /// </summary>
    public bool Redirect { get; set; }

    /// <summary><c>BURQI_CONTENT_REDIRECT_SECONDS</c>: for how long. Default 300.</summary>
    public TimeSpan RedirectFor { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Whether the settings name this store, as the first or as the fallback.</summary>
    public bool IsNamed(string store) => Store == store || FallbackStore == store;

    /// <summary>Takes over the values of the redirect; null leaves what is set.</summary>
    public void ReadRedirect(string? redirect, string? seconds)
    {
        if (bool.TryParse(redirect, out var isWanted))
        {
            Redirect = isWanted;
        }
        else if (redirect is not null)
        {
            Unreadable.Add($"BURQI_CONTENT_REDIRECT is '{redirect}': give true or false.");
        }

        if (int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= ShortestRedirect and <= LongestRedirect)
        {
            RedirectFor = TimeSpan.FromSeconds(count);
        }
        else if (seconds is not null)
        {
            Unreadable.Add($"BURQI_CONTENT_REDIRECT_SECONDS is '{seconds}': give a number from {ShortestRedirect} to {LongestRedirect}.");
        }
    }
}
