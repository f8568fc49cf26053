using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>Which of ACS's files is wanted.</summary>
/// <param name="ContentLocation">Where ACS says that it lies.</param>
/// <param name="DeleteLocation">Where ACS says that it is deleted; null where it does not say.</param>
internal sealed record AcsDetails(string ContentLocation, string? DeleteLocation)
{
    /// <summary>The description for a job.</summary>
    /// <exception cref="FormatException">A location cannot be one of ACS's, whatever the settings.</exception>
    public static string Describe(string? contentLocation, string? deleteLocation)
    {
        _ = Location(contentLocation, "content location");
        _ = deleteLocation is null ? null : Location(deleteLocation, "delete location");
        return JsonSerializer.Serialize(new AcsDetails(contentLocation!, deleteLocation), AcsJsonContext.Default.AcsDetails);
    }

    /// <summary>The description in a job.</summary>
    /// <exception cref="TransferException">It names no file of ACS's.</exception>
    public static (Uri Content, Uri? Delete) Parse(string json)
    {
        try
        {
            var details = JsonSerializer.Deserialize(json, AcsJsonContext.Default.AcsDetails);
            return (Location(details?.ContentLocation, "content location"), details!.DeleteLocation is { } delete ? Location(delete, "delete location") : null);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TransferException(TransferFailure.Refused, $"The job does not name a file of ACS's: {exception.Message}.", exception);
        }
    }

    /// <summary>Whether it is a web address at all, over TLS; plain http is for a server on this machine.</summary>
    private static Uri Location(string? location, string what) =>
        Uri.TryCreate(location, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0
            ? uri
            : throw new FormatException($"the {what} is not an https address");
}
