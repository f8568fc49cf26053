using System.Text.RegularExpressions;
using Burqi.Media.Cleanup;
using Burqi.Media.Spool;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Content;

/// <summary>
/// Removes a recording's file for whoever holds a URL this node signed: the recording is deleted everywhere. That may be years after the URL was
/// made, so its expiry does not count: it keeps the audio from being read, of which there is no question here.
/// </summary>
internal sealed partial class DeleteContentEndpoint(
    ContentUrls urls, RecordingIndex index, ManifestStore store, LocalFiles files, ILogger<DeleteContentEndpoint> logger)
{
    private const string RetryAfterSeconds = "30";

    public IResult Handle(string recordingId, HttpContext context)
    {
        var query = context.Request.Query;
        if (!Guid.TryParseExact(recordingId, "D", out var id) || !urls.IsSigned(id, query["exp"], query["sig"]))
        {
            Log.Refused(logger);
            return TypedResults.Problem("The URL is not signed by this node.", statusCode: StatusCodes.Status403Forbidden);
        }

        try
        {
            if (Find(id, query["file"]) is not { } found)
            {
                return index.IsComplete
                    ? TypedResults.Problem("This node holds no finished file of that recording.", statusCode: StatusCodes.Status404NotFound)
                    : Later("This node is still reading its manifests.");
            }

            if (found.Recording.RemovedAt is not null)
            {
                return TypedResults.Problem("The file of that recording was removed from this node.", statusCode: StatusCodes.Status410Gone);
            }

            if (files.Remove(found.Path, id, RemovalReasons.Deleted) is not { } freed)
            {
                return Later("The call's recordings are not finished yet.");
            }

            Log.Removed(logger, id, freed);
            return TypedResults.NoContent();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, id, exception);
            return Later("The disk refused.");
        }

        IResult Later(string because)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return TypedResults.Problem(because, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>
    /// By the index; what is too old for that, by the folder that the request names. It names one of ours or nothing, and the manifest there must know
    /// the recording.
    /// </summary>
    private (string Path, ManifestRecording Recording)? Find(Guid id, string? file)
    {
        if (index.Find(id) is { } indexed && In(indexed.ManifestPath) is { } known)
        {
            return (indexed.ManifestPath, known);
        }

        if (file is null || !RelativePath().IsMatch(file))
        {
            return null;
        }

        var folder = Path.Combine(store.Root, Path.GetDirectoryName(file)!);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, SpoolLocation.ManifestPattern)
                .Select(path => In(path) is { } recording ? (path, recording) : ((string, ManifestRecording)?)null)
                .FirstOrDefault(found => found is not null)
            : null;

        ManifestRecording? In(string path) => store.TryRead(path)?.Recordings.FirstOrDefault(recording => recording.RecordingId == id);
    }

    [GeneratedRegex("^([A-Za-z0-9_-]{1,128}/){1,5}[A-Za-z0-9_]{1,64}\\.[a-z0-9]{1,8}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RelativePath();

    private static partial class Log
    {
        [LoggerMessage(3350, LogLevel.Warning, "A request to remove a recording's file was refused: its URL is not signed by this node")]
        public static partial void Refused(ILogger logger);

        [LoggerMessage(3351, LogLevel.Information, "The file of recording {RecordingId} was removed, {Bytes} bytes: the recording is deleted")]
        public static partial void Removed(ILogger logger, Guid recordingId, long bytes);

        [LoggerMessage(3352, LogLevel.Warning, "The file of recording {RecordingId}, which is deleted, could not be removed")]
        public static partial void NotRemoved(ILogger logger, Guid recordingId, Exception exception);
    }
}
