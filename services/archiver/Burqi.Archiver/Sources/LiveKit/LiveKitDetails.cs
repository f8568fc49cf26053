using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources.LiveKit;

/// <summary>Which of LiveKit's files is wanted.</summary>
/// <param name="Location">Where LiveKit put it: <c>s3://bucket/key</c>, or the https address of a blob.</param>
internal sealed record LiveKitDetails(string Location)
{
    private const string S3 = "s3://";

    /// <summary>The object in a bucket; null where it is a blob.</summary>
    internal (string Bucket, string Key)? Object =>
        Location.StartsWith(S3, StringComparison.Ordinal) && Location[S3.Length..].Split('/', 2) is [{ Length: > 0 } bucket, { Length: > 0 } key] ? (bucket, key) : null;

    /// <summary>The blob in a container; null where it is an object in a bucket.</summary>
    internal Uri? Blob =>
        Uri.TryCreate(Location, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0
            ? uri
            : null;

    /// <summary>The file's name, without the folders before it.</summary>
    internal string FileName => Location[(Location.LastIndexOf('/') + 1)..];

    /// <summary>The description of a location.</summary>
    /// <exception cref="FormatException">It is none that a file can lie at.</exception>
    public static LiveKitDetails Of(string? location)
    {
        var details = new LiveKitDetails(location ?? "");
        return details.Object is null && details.Blob is null
            ? throw new FormatException("the content location is neither of the form s3://bucket/key nor an https address")
            : details;
    }

    /// <summary>The description in a job.</summary>
    /// <exception cref="TransferException">It names no file of LiveKit's.</exception>
    public static LiveKitDetails Parse(string json)
    {
        try
        {
            return Of(JsonSerializer.Deserialize(json, LiveKitJsonContext.Default.LiveKitDetails)?.Location);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TransferException(TransferFailure.Refused, $"The job does not name a file of LiveKit's: {exception.Message}.", exception);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, LiveKitJsonContext.Default.LiveKitDetails);
}
