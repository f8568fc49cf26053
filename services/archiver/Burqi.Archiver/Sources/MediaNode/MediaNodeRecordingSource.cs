using System.Net;
using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.MediaNode;

/// <summary>
/// The file on the disk of the media node that captured it. Only the route that media serves is ever asked for, whatever URL a message
/// names: the archiver must not be talked into fetching something else.
/// </summary>
internal sealed class MediaNodeRecordingSource(RecordingDownload download, IOptions<ArchiverOptions> options) : IRecordingSource
{
    public const string SourceKind = "media_node";

    private const string Speaker = "The media node";

    public string Kind => SourceKind;

    /// <summary>The description for a job.</summary>
    /// <exception cref="FormatException">The URL is not that of the recording's content.</exception>
    public static string Describe(Guid recordingId, string contentUrl, string node)
    {
        _ = ParseContentUrl(recordingId, contentUrl);
        return JsonSerializer.Serialize(new MediaNodeDetails(contentUrl, node), SourceJsonContext.Default.MediaNodeDetails);
    }

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var asked = new DownloadRequest(UriOf(request)) { Speaker = Speaker };
        var response = await download.GetAsync(asked, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return await download.OpenBodyAsync(response, asked, cancellationToken);
        }

        using (response)
        {
            throw response.StatusCode == HttpStatusCode.NotFound ? Missing(request) : download.Failure(response, Speaker);
        }
    }

    private static Uri UriOf(SourceRequest request)
    {
        try
        {
            var details = JsonSerializer.Deserialize(request.Details, SourceJsonContext.Default.MediaNodeDetails);
            return ParseContentUrl(request.RecordingId, details?.ContentUrl ?? "");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TransferException(TransferFailure.Refused, $"The job does not say where the media node serves the file: {exception.Message}", exception);
        }
    }

    /// <summary>The address, if it is the one under which media serves this recording.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Uri ParseContentUrl(Guid recordingId, string contentUrl)
    {
        if (!Uri.TryCreate(contentUrl, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new FormatException("the content URL is not an absolute http or https URL");
        }

        if (uri.AbsolutePath != $"/media/recordings/{recordingId}/content" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new FormatException("the content URL is not the one under which media serves this recording");
        }

        return uri;
    }

    /// <summary>The node may be starting, or its disk not mounted yet: only after a while is a missing file a lost one.</summary>
    private TransferException Missing(SourceRequest request) => request.TryingFor < options.Value.MissingFileGrace
        ? new(TransferFailure.SourceNotReady, $"{Speaker} does not have the file (404).")
        : new(TransferFailure.SourceGone, $"{Speaker} has not had the file (404) for {request.TryingFor.TotalMinutes:0} min.");
}
