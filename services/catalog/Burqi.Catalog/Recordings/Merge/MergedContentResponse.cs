using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Content;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Play;
using Burqi.Contracts.Recordings;
using Burqi.Encryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>Answers a request for one file over all chunks of a call: what it is made of is known before any of it is read, so that players can seek in it.</summary>
internal sealed partial class MergedContentResponse(
    MergeQuery find, MergeContents contents, RecordingContentResponse recordings, AccessLog accesses, ILogger<MergedContentResponse> logger)
{
    private const string RetryAfterSeconds = "5";

    // A store has the headers of many pieces to hand sooner side by side, and other requests go on beside these.
    private const int AtOnce = 16;

    public async Task WriteAsync(HttpContext context, string callId)
    {
        var caller = Caller.Of(context);
        var cancellationToken = context.RequestAborted;
        try
        {
            var rows = MergePlan.InOrder(await find.ExecuteAsync(callId, caller, cancellationToken));
            if (rows.Count == 1)
            {
                // What is whole already is not made anew, whatever its format.
                await recordings.WriteAsync(context, caller, callId, rows[0].Id.ToString(), "attachment");
                return;
            }

            if (rows.Count == 0)
            {
                await CatalogProblems.Problem(StatusCodes.Status404NotFound, "There is neither a chunk nor a mixed recording of a call with this call_id.").ExecuteAsync(context);
                return;
            }

            if (await RefusalAsync(rows, cancellationToken) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }

            await WriteAsync(context, callId, rows, cancellationToken);
        }
        catch (MergeRefusedException exception)
        {
            await CatalogProblems.Problem(StatusCodes.Status409Conflict, exception.Message).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private async Task<ProblemHttpResult?> RefusalAsync(IReadOnlyList<Recording> rows, CancellationToken cancellationToken)
    {
        if (rows.FirstOrDefault(row => row.Status != RecordingStatuses.Completed) is { } unfinished)
        {
            return CatalogProblems.Problem(
                StatusCodes.Status409Conflict, $"Recording {unfinished.Id}, a part of the file, is not there: its status is {unfinished.Status}.");
        }

        if (await recordings.GoingAsync(rows, cancellationToken) is { } going)
        {
            return CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {going.Id}, a part of the file, is being deleted.");
        }

        return rows.Any(row => row.Format != "wav")
            ? CatalogProblems.Problem(
                StatusCodes.Status409Conflict,
                $"One WAV file is made of WAV files alone, and the recordings are {string.Join(", ", rows.Select(row => row.Format ?? "of no known format").Distinct().Order(StringComparer.Ordinal))}.")
            : null;
    }

    private async Task WriteAsync(HttpContext context, string callId, IReadOnlyList<Recording> rows, CancellationToken cancellationToken)
    {
        MergedFile file;
        MergedStream? stream = null;
        ContentSelection selection;
        EntityTagHeaderValue entityTag;
        var lastModified = rows.Max(RecordingContentResponse.LastModified);
        try
        {
            var pieces = new List<MergePiece>();
            foreach (var some in rows.Chunk(AtOnce))
            {
                var layouts = await Task.WhenAll(some.Select(row => contents.LayoutAsync(row, cancellationToken)));
                pieces.AddRange(some.Zip(layouts, (row, layout) =>
                    new MergePiece(row, layout ?? throw new MergeRefusedException($"Recording {row.Id} is no WAV file, whatever its row says."))));
            }

            file = MergePlan.Make(pieces);
            entityTag = new EntityTagHeaderValue($"\"{file.Sha256}\"");
            selection = ContentSelection.Of(context.Request, entityTag, lastModified, file.Size);
            if (selection.Length > 0 && !HttpMethods.IsHead(context.Request.Method))
            {
                stream = new MergedStream(file, selection.Offset, selection.Length, contents);
                await stream.BeginAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not MergeRefusedException && !cancellationToken.IsCancellationRequested)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            await FailAsync(context, exception);
            return;
        }

        await using (stream)
        {
            await AnswerAsync(context, callId, rows, file, selection, entityTag, lastModified, stream);
        }
    }

    private async Task AnswerAsync(
        HttpContext context, string callId, IReadOnlyList<Recording> rows, MergedFile file, ContentSelection selection, EntityTagHeaderValue entityTag, DateTimeOffset lastModified,
        MergedStream? stream)
    {
        var headers = context.Response.GetTypedHeaders();
        if (selection.Status == StatusCodes.Status416RangeNotSatisfiable)
        {
            headers.ContentRange = new ContentRangeHeaderValue(file.Size);
            await CatalogProblems.Problem(selection.Status, $"The range lies outside the {file.Size} bytes of the audio.").ExecuteAsync(context);
            return;
        }

        if (selection.Status != StatusCodes.Status412PreconditionFailed)
        {
            await accesses.NoteAsync(
                context, RecordingEventNames.Downloaded, callId, recordingId: null, new JsonObject { ["merged"] = rows.Count }, context.RequestAborted);
        }

        context.Response.StatusCode = selection.Status;
        headers.ETag = entityTag;
        headers.LastModified = lastModified;
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true }; // as of each recording
        context.Response.Headers.AcceptRanges = "bytes";
        if (selection.Status is StatusCodes.Status304NotModified or StatusCodes.Status412PreconditionFailed)
        {
            return;
        }

        headers.ContentType = new MediaTypeHeaderValue(AudioFile.MediaType("wav"));
        headers.ContentLength = selection.Length;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(AudioFile.Name(rows[0] with { RecordingType = "merged", Format = "wav" }));
        headers.ContentDisposition = disposition;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (selection.Status == StatusCodes.Status206PartialContent)
        {
            headers.ContentRange = new ContentRangeHeaderValue(selection.Offset, selection.Offset + selection.Length - 1, file.Size);
        }

        if (stream is not null)
        {
            await recordings.SendAsync(context, rows[0].Id, "of the call's recordings", stream, selection.Length);
        }
    }

    private async Task FailAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case FileNotFoundException:
                Log.PieceMissing(logger, exception.Message);
                await CatalogProblems.Problem(StatusCodes.Status404NotFound, exception.Message).ExecuteAsync(context);
                break;
            case ContentArchivedException:
                await CatalogProblems.Problem(
                    StatusCodes.Status409Conflict, "A part of the file lies in the archive tier of its store: it can be read once it is taken out of there.").ExecuteAsync(context);
                break;
            default:
                Log.StoreUnavailable(logger, exception.Message, exception);
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                await CatalogProblems.Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    exception is EncryptionException ? exception.Message : "The store that keeps the audio cannot be read at the moment.").ExecuteAsync(context);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5280, LogLevel.Error, "A merged file cannot be made: {Reason}")]
        public static partial void PieceMissing(ILogger logger, string reason);

        [LoggerMessage(5281, LogLevel.Error, "A store could not be asked for a part of a merged file: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string reason, Exception exception);
    }
}
