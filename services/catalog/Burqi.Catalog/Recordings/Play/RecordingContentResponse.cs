using System.Buffers;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Content;
using Burqi.Catalog.Content.Redirect;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Get;
using Burqi.Catalog.Recordings.Share;
using Burqi.Catalog.Retention.Delete;
using Burqi.Contracts.Recordings;
using Burqi.Encryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Recordings.Play;

/// <summary>Answers a request for a recording's audio: finds the row, decides what the client gets, and passes it on as it is read.</summary>
internal sealed partial class RecordingContentResponse(
    GetRecordingQuery getRecording,
    DeletionUnderWayQuery deletionUnderWay,
    RecordingContents contents,
    FormatChoice formats,
    ContentRedirect redirect,
    AccessLog accesses,
    CatalogMetrics metrics,
    TimeProvider time,
    ILogger<RecordingContentResponse> logger)
{
    private const int BufferSize = 64 * 1024;
    private const string RetryAfterSeconds = "5";

    /// <summary>How long the store may be silent in the middle of an object before the response is broken off.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    public async Task WriteAsync(HttpContext context, Caller caller, string callId, string recordingId, string disposition, string? format = null)
    {
        var cancellationToken = context.RequestAborted;
        try
        {
            var isWritten = false;
            for (var isLast = false; !isWritten; isLast = true)
            {
                var recording = Guid.TryParseExact(recordingId, "D", out var id) ? await getRecording.ExecuteAsync(id, caller, cancellationToken) : null;
                var problem = recording is null || recording.CallId != callId ? CatalogProblems.NoSuchRecordingOfCall()
                    : await GoingAsync([recording], cancellationToken) is not null ? Going(recording)
                    : Unplayable(recording) ?? FormatChoice.Refusal(format);
                if (problem is null)
                {
                    (recording, problem) = await formats.FindAsync(recording!, format, caller, cancellationToken);
                    if (recording is not null && recording.Id != id && await GoingAsync([recording], cancellationToken) is not null)
                    {
                        problem = Going(recording);
                    }
                }

                if (problem is not null)
                {
                    await problem.ExecuteAsync(context);
                    return;
                }

                // What is not where its row said may have been moved to another store since, or deleted: its row is asked once more.
                isWritten = await TryWriteAsync(context, recording!, disposition, isLast, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is there to be answered.
            Log.ClientLeft(logger, recordingId, 0);
            metrics.ContentEnded(ContentEnding.ClientLeft, 0);
        }
    }

    /// <summary>The first of these that is to be deleted: its audio is not given out any more. Null where none is.</summary>
    public async Task<Recording?> GoingAsync(IEnumerable<Recording> recordings, CancellationToken cancellationToken)
    {
        Recording[] asked =
        [
            .. recordings.Where(recording =>
                recording.Status == RecordingStatuses.Completed && recording.RecordingMetadata.TryGetProperty("deletion_requested_at", out _)),
        ];
        if (asked.Length == 0)
        {
            return null;
        }

        var going = await deletionUnderWay.ExecuteAsync([.. asked.Select(recording => recording.Id)], cancellationToken);
        return asked.FirstOrDefault(recording => going.Contains(recording.Id));
    }

    private static ProblemHttpResult Going(Recording recording) =>
        CatalogProblems.Problem(StatusCodes.Status404NotFound, $"The audio of recording {recording.Id} is being deleted.");

    private static ProblemHttpResult? Unplayable(Recording recording) => recording.Status switch
    {
        RecordingStatuses.Completed => null,
        RecordingStatuses.Recording =>
            CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {recording.Id} is still recording: its audio is there once the status is completed."),
        RecordingStatuses.Captured or RecordingStatuses.Archiving =>
            CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {recording.Id} is still on its way to the store: its audio is there once the status is completed."),
        RecordingStatuses.Deleted =>
            CatalogProblems.Problem(StatusCodes.Status404NotFound, $"The audio of recording {recording.Id} was deleted."),
        _ =>
            CatalogProblems.Problem(StatusCodes.Status404NotFound, $"Recording {recording.Id} has no audio: its status is {recording.Status}."),
    };

    /// <summary>False when the audio is not where the row says, and that need not be the last word.</summary>
    private async Task<bool> TryWriteAsync(HttpContext context, Recording recording, string disposition, bool isLast, CancellationToken cancellationToken)
    {
        var content = contents.Of(recording);
        // A completed row has these (recordings_completed_is_stored).
        var objectKey = recording.S3Key!;
        var size = recording.FileSize!.Value;
        var entityTag = new EntityTagHeaderValue($"\"{recording.Sha256}\"");
        var lastModified = LastModified(recording);
        var selection = ContentSelection.Of(context.Request, entityTag, lastModified, size);

        var headers = context.Response.GetTypedHeaders();
        if (selection.Status is StatusCodes.Status304NotModified or StatusCodes.Status412PreconditionFailed)
        {
            if (selection.Status == StatusCodes.Status304NotModified)
            {
                // Whoever has it already hears it now.
                await NoteAsync(context, recording, disposition, cancellationToken);
            }

            context.Response.StatusCode = selection.Status;
            Identify();
            return true;
        }

        if (selection.Status == StatusCodes.Status416RangeNotSatisfiable)
        {
            headers.ContentRange = new ContentRangeHeaderValue(size);
            await CatalogProblems.Problem(selection.Status, $"The range lies outside the {size} bytes of the audio.").ExecuteAsync(context);
            return true;
        }

        var contentType = new MediaTypeHeaderValue(AudioFile.MediaType(recording.Format));
        var contentDisposition = new ContentDispositionHeaderValue(disposition);
        contentDisposition.SetHttpFileName(AudioFile.Name(recording));
        if (await redirect.FindAsync(recording, content.Store, context.Request, contentType.ToString(), contentDisposition.ToString(), cancellationToken) is { } address)
        {
            await NoteAsync(context, recording, disposition, cancellationToken);
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = address.AbsoluteUri;
            headers.CacheControl = new CacheControlHeaderValue { NoStore = true };
            metrics.ContentEnded(ContentEnding.Redirected, 0);
            return true;
        }

        var isHead = HttpMethods.IsHead(context.Request.Method);
        OpenedContent? reached;
        long? objectSize;
        try
        {
            var found = isHead ? await content.FindAsync(objectKey, cancellationToken) : null;
            if (found is { IsArchived: true })
            {
                throw new ContentArchivedException(objectKey);
            }

            reached = isHead ? null : await content.OpenAsync(objectKey, selection.Offset, selection.Length, cancellationToken);
            objectSize = isHead ? found?.ObjectSize : reached?.ObjectSize;
        }
        catch (ContentArchivedException)
        {
            // The row may say so for longer than it is true: only the store knows what was taken out again, or is read from its archive tier at once.
            await CatalogProblems.Problem(
                StatusCodes.Status409Conflict,
                $"The audio of recording {recording.Id} lies in the archive tier of its store: it can be played once it is taken out of there.").ExecuteAsync(context);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.ContentEnded(ContentEnding.StoreFailed, 0);
            Log.StoreUnavailable(logger, recording.Id, content.Store, exception.Message, exception);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await CatalogProblems.Problem(
                StatusCodes.Status503ServiceUnavailable,
                exception is EncryptionException ? exception.Message : "The store that keeps the audio cannot be read at the moment.").ExecuteAsync(context);
            return true;
        }

        await using var opened = reached;
        if (objectSize != size)
        {
            if (!isLast)
            {
                return false;
            }

            metrics.ObjectMissing();
            Log.ObjectMissing(logger, recording.Id, content.Store, size, objectSize);
            await CatalogProblems.Problem(
                StatusCodes.Status404NotFound,
                $"The audio of recording {recording.Id} is not in the store as it was archived.").ExecuteAsync(context);
            return true;
        }

        await NoteAsync(context, recording, disposition, cancellationToken);
        context.Response.StatusCode = selection.Status;
        Identify();
        headers.ContentType = contentType;
        headers.ContentLength = selection.Length;
        headers.ContentDisposition = contentDisposition;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (selection.Status == StatusCodes.Status206PartialContent)
        {
            headers.ContentRange = new ContentRangeHeaderValue(selection.Offset, selection.Offset + selection.Length - 1, size);
        }

        if (opened is not null)
        {
            await SendAsync(context, recording.Id, content.Store, opened.Stream, selection.Length);
        }

        return true;

        void Identify()
        {
            headers.ETag = entityTag;
            headers.LastModified = lastModified;
            // Kept by whoever may hear it, and asked about each time: a key can be withdrawn and audio deleted.
            headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
            context.Response.Headers.AcceptRanges = "bytes";
        }
    }

    private Task NoteAsync(HttpContext context, Recording recording, string disposition, CancellationToken cancellationToken) => accesses.NoteAsync(
        context,
        context.Features.Get<ShareLink>() is not null ? RecordingEventNames.SharePlayed
        : disposition == "attachment" ? RecordingEventNames.Downloaded
        : RecordingEventNames.Played,
        recording.CallId,
        recording.Id,
        context.Features.Get<ShareLink>() is { } link ? new JsonObject { ["link_id"] = link.Id.ToString() } : null,
        cancellationToken);

    /// <summary>Passes audio on; the headers are set.</summary>
    public async Task SendAsync(HttpContext context, Guid recordingId, string store, Stream source, long length)
    {
        using var activity = CatalogTracing.Source.StartActivity("catalog.recording.send");
        activity?.SetTag("burqi.recording_id", recordingId);

        var (ending, sent, failure) = await CopyAsync(source, context.Response.Body, length, context.RequestAborted);
        metrics.ContentEnded(ending, sent);
        activity?.SetTag("burqi.bytes", sent);
        switch (ending)
        {
            case ContentEnding.ClientLeft:
                Log.ClientLeft(logger, recordingId.ToString(), sent);
                break;
            case ContentEnding.StoreFailed:
                activity?.SetStatus(ActivityStatusCode.Error);
                Log.StoreFailed(logger, recordingId, store, sent, length, failure);
                // The status is out and says that all is well: only a broken connection still tells the client.
                context.Abort();
                break;
            default:
                break;
        }
    }

    private async Task<(ContentEnding Ending, long Sent, Exception? Failure)> CopyAsync(
        Stream source,
        Stream destination,
        long length,
        CancellationToken requestAborted)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(requestAborted, silence.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var sent = 0L;
        try
        {
            while (sent < length)
            {
                int read;
                try
                {
                    silence.CancelAfter(LongestSilence);
                    read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - sent)), reading.Token);
                }
                catch (Exception exception) when (!requestAborted.IsCancellationRequested)
                {
                    return (ContentEnding.StoreFailed, sent, exception);
                }

                if (read == 0)
                {
                    return (ContentEnding.StoreFailed, sent, null);
                }

                // A client may listen as slowly as Kestrel lets it.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                await destination.WriteAsync(buffer.AsMemory(0, read), requestAborted);
                sent += read;
            }

            return (ContentEnding.Complete, sent, null);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return (ContentEnding.ClientLeft, sent, null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>When the object was verified, in whole seconds as HTTP writes them; rows always told it, but it is not a column that must be there.</summary>
    public static DateTimeOffset LastModified(Recording recording)
    {
        var archivedAt = recording.RecordingMetadata.TryGetProperty("archived_at", out var value) && value.TryGetDateTimeOffset(out var time)
            ? time
            : new DateTimeOffset(recording.UpdatedAt, TimeSpan.Zero);
        return DateTimeOffset.FromUnixTimeSeconds(archivedAt.ToUnixTimeSeconds());
    }
}
