using Burqi.Media.Spool;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.Media.Content;

/// <summary>Serves a finished file to whoever holds a URL this node signed.</summary>
internal sealed partial class RecordingContentEndpoint(ContentUrls urls, RecordingIndex index, ILogger<RecordingContentEndpoint> logger)
{
    public IResult Handle(string recordingId, HttpContext context)
    {
        var query = context.Request.Query;
        if (!Guid.TryParseExact(recordingId, "D", out var id) || !urls.IsValid(id, query["exp"], query["sig"]))
        {
            Log.ContentRefused(logger);
            return TypedResults.Problem("The URL is not signed by this node, or has expired.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (index.Find(id) is not { } file || !File.Exists(file.Path))
        {
            if (!index.IsComplete)
            {
                context.Response.Headers.RetryAfter = "1";
                return TypedResults.Problem("This node is still reading its manifests.", statusCode: StatusCodes.Status503ServiceUnavailable);
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

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Warning, "A request for a recording's content was refused: its URL is not signed by this node, or has expired")]
        public static partial void ContentRefused(ILogger logger);
    }
}
