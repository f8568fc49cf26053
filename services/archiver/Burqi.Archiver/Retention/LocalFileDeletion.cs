using System.Net;
using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Sources.MediaNode;

namespace Burqi.Archiver.Retention;

/// <summary>Deletes the file that a media node still has of a recording, by the address that it was announced with: the node's own signature.</summary>
internal sealed class LocalFileDeletion(RecordingDownload download, TimeProvider clock)
{
    private const string Speaker = "The media node";

    /// <summary>What could not be deleted, in one sentence; null where nothing is left.</summary>
    /// <param name="archived">The job that archived the recording, or was to.</param>
    /// <param name="waitsUntil">From then on the node was waited for long enough: what it does not answer is noted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TransferException">It could not be deleted now.</exception>
    public async Task<string?> DeleteAsync(ArchiveJob archived, DateTime? waitsUntil, CancellationToken cancellationToken)
    {
        if (archived.SourceKind != MediaNodeRecordingSource.SourceKind)
        {
            return null;
        }

        Uri uri;
        try
        {
            var details = JsonSerializer.Deserialize(archived.SourceDetails, SourceJsonContext.Default.MediaNodeDetails);
            var content = MediaNodeRecordingSource.ParseContentUrl(archived.RecordingId, details?.ContentUrl ?? "");

            // The node may have forgotten where the file of so old a recording is, and knows it again by its path.
            uri = archived.FilePath is { } file ? new UriBuilder(content) { Query = $"{content.Query}&file={Uri.EscapeDataString(file)}" }.Uri : content;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return "Where the media node has its file is not known.";
        }

        try
        {
            using var response = await download.DeleteAsync(new DownloadRequest(uri) { Speaker = Speaker }, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.NoContent or HttpStatusCode.NotFound or HttpStatusCode.Gone => null,

                // A node that no longer knows what it signed has lost its key, and its files with it.
                HttpStatusCode.Forbidden => $"{Speaker} does not know its own signature any more (403): its files were lost, or its key alone.",
                _ => throw download.Failure(response, Speaker),
            };
        }
        catch (TransferException exception) when (clock.GetUtcNow().UtcDateTime >= waitsUntil)
        {
            return $"{exception.Message} Should the node come back, its file is to be removed there.";
        }
        catch (TransferException exception) when (!exception.IsPermanent)
        {
            // However long this attempt took, it is not what the job is given up for: the next one is in time to note it.
            throw new TransferException(exception.Failure, exception.Message, exception.InnerException) { IsPatient = true, RetryAfter = exception.RetryAfter };
        }
    }
}
