using Burqi.Media.Spool;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.Media.Content;

/// <summary>Serves a finished file to whoever holds a URL this node signed.</summary>
internal sealed partial class RecordingContentEndpoint(ContentUrls urls, RecordingIndex index, ManifestStore store, ILogger<RecordingContentEndpoint> logger)
{
    public IResult Handle(string recordingId, HttpContext context)
    {
        var query = context.Request.Query;
        if (!Guid.TryParseExact(recordingId, "D", out var id) || !urls.IsValid(id, query["exp"], query["sig"]))
        {
            Log.ContentRefused(logger);
            return TypedResults.Problem("The URL is not signed by this node, or has expired.", statusCode: StatusCodes.Status403Forbidden);
        }

        var file = index.Find(id);
        if (file is null || !File.Exists(file.Path))
        {
            if (!index.IsComplete)
            {
                context.Response.Headers.RetryAfter = "1";
                return TypedResults.Problem("This node is still reading its manifests.", statusCode: StatusCodes.Status503ServiceUnavailable);
            }

            if (file is not null && WasRemoved(file, id))
            {
                return TypedResults.Problem("The file of that recording was removed from this node.", statusCode: StatusCodes.Status410Gone);
            }

            return TypedResults.Problem("This node holds no finished file of that recording.", statusCode: StatusCodes.Status404NotFound);
        }

        return TypedResults.PhysicalFile(
            file.Path,
            file.Format == AudioFormats.Mp3 ? "audio/mpeg" : "audio/wav",
            lastModified: null,
            entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""),
            enableRangeProcessing: true);
    }

    private bool WasRemoved(IndexedFile file, Guid recordingId)
    {
        try
        {
            return store.TryRead(file.ManifestPath)?.Recordings.Any(recording => recording.RecordingId == recordingId && recording.RemovedAt is not null) == true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // Whoever removed the manifest as well left nothing that says so.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Warning, "A request for a recording's content was refused: its URL is not signed by this node, or has expired")]
        public static partial void ContentRefused(ILogger logger);
    }
}
