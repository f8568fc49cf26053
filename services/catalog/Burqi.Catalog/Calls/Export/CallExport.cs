using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Content;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Play;
using Burqi.Catalog.Retention.Delete;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Calls.Export;

/// <summary>
/// Sends all audio of a call as one ZIP file, passed on as it is read: neither its length nor that of a recording grows what is kept in memory.
/// </summary>
internal sealed partial class CallExport(
    GetCallQuery getCall,
    DeletionUnderWayQuery deletionUnderWay,
    RecordingContents contents,
    AccessLog accesses,
    TimeProvider time,
    ILogger<CallExport> logger)
{
    private const int BufferSize = 64 * 1024;
    private const string ManifestName = "manifest.json";
    private const string RetryAfterSeconds = "5";

    // A store is asked for many files sooner side by side, and other requests go on beside these.
    private const int AtOnce = 16;

    /// <summary>How long a store may be silent in the middle of an object.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    public async Task WriteAsync(HttpContext context, Caller caller, string callId)
    {
        var cancellationToken = context.RequestAborted;
        if (callId.Any(char.IsControl) || await getCall.ExecuteAsync(callId, long.MaxValue, caller, cancellationToken) is not { } call)
        {
            await CatalogProblems.NoSuchCall().ExecuteAsync(context);
            return;
        }

        var (files, leftOut) = await ChooseAsync(call.Recordings, cancellationToken);
        if (files.Count == 0)
        {
            var underWay = call.Recordings.Any(recording => recording.Status is RecordingStatuses.Recording or RecordingStatuses.Captured or RecordingStatuses.Archiving);
            await (underWay
                ? CatalogProblems.Problem(StatusCodes.Status409Conflict, "No recording of this call is completed yet.")
                : CatalogProblems.Problem(StatusCodes.Status404NotFound, "This call has no recording with audio.")).ExecuteAsync(context);
            return;
        }

        // Once the answer has begun it can only be broken off: what can be known before is looked at before.
        foreach (var some in files.Chunk(AtOnce))
        {
            var objections = await Task.WhenAll(some.Select(file => ObjectionAsync(callId, file.Recording, cancellationToken)));
            if (objections.FirstOrDefault(objection => objection is not null) is { } objection)
            {
                context.Response.Headers.RetryAfter = objection.Status == StatusCodes.Status503ServiceUnavailable ? RetryAfterSeconds : default;
                await CatalogProblems.Problem(objection.Status, objection.Detail).ExecuteAsync(context);
                return;
            }
        }

        var manifest = Manifest(call, files, leftOut);
        var manifestEntry = new ZipEntry(ManifestName, manifest.Length, call.UpdatedAt);
        var length = ZipLayout.LengthOf([manifestEntry, .. files.Select(file => file.Entry)]);
        await accesses.NoteAsync(
            context, RecordingEventNames.Exported, callId, recordingId: null, new JsonObject { ["files"] = files.Count, ["bytes"] = length }, cancellationToken);

        var headers = context.Response.GetTypedHeaders();
        headers.ContentType = new MediaTypeHeaderValue("application/zip");
        headers.ContentLength = length;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(AudioFile.Name(callId, "zip"));
        headers.ContentDisposition = disposition;
        await SendAsync(context, callId, manifestEntry, manifest, files, length);
    }

    /// <summary>The files to send, each object once, and what has none.</summary>
    private async Task<(List<Chosen> Files, List<ExportOmission> LeftOut)> ChooseAsync(IReadOnlyList<Recording> recordings, CancellationToken cancellationToken)
    {
        var files = new List<Chosen>();
        var leftOut = new List<ExportOmission>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { ManifestName };
        var going = await deletionUnderWay.ExecuteAsync([.. recordings.Select(recording => recording.Id)], cancellationToken);
        foreach (var recording in recordings)
        {
            var reason = recording.Status != RecordingStatuses.Completed ? $"Its status is {recording.Status}."
                : going.Contains(recording.Id) ? "It is being deleted."
                : null;
            if (reason is not null)
            {
                leftOut.Add(new() { RecordingId = recording.Id, Reason = reason });
            }
            else if (files.Find(file => file.Recording.S3Key == recording.S3Key && contents.Of(file.Recording) == contents.Of(recording)) is { } same)
            {
                same.RecordingIds.Add(recording.Id);
            }
            else
            {
                var name = AudioFile.Name(recording);
                for (var number = 2; !names.Add(name); number++)
                {
                    name = $"{number}_{AudioFile.Name(recording)}";
                }

                // A completed row has these (recordings_completed_is_stored).
                files.Add(new(recording, new ZipEntry(name, recording.FileSize!.Value, recording.StartedAt ?? recording.CreatedAt), [recording.Id]));
            }
        }

        return (files, leftOut);
    }

    private async Task<(int Status, string Detail)?> ObjectionAsync(string callId, Recording recording, CancellationToken cancellationToken)
    {
        try
        {
            var found = await contents.Of(recording).FindAsync(recording.S3Key!, cancellationToken);
            return found is { IsArchived: true }
                    ? (StatusCodes.Status409Conflict, $"The audio of recording {recording.Id} lies in the archive tier of its store: it can be exported once it is taken out of there.")
                : found?.ObjectSize != recording.FileSize
                    ? (StatusCodes.Status404NotFound, $"The audio of recording {recording.Id} is not in the store as it was archived.")
                : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unreadable(logger, callId, recording.Id, exception);
            return (StatusCodes.Status503ServiceUnavailable, $"The store that keeps the audio of recording {recording.Id} cannot be read at the moment.");
        }
    }

    private static byte[] Manifest(CallDetails call, List<Chosen> files, List<ExportOmission> leftOut) => JsonSerializer.SerializeToUtf8Bytes(
        new ExportManifest
        {
            Call = call,
            Recordings = call.Recordings,
            Files =
            [
                .. files.Select(file => new ExportFile
                {
                    Name = file.Entry.Name,
                    RecordingIds = file.RecordingIds,
                    FileSize = file.Entry.Size,
                    Sha256 = file.Recording.Sha256!,
                }),
            ],
            LeftOut = leftOut,
        },
        CatalogJsonContext.Default.ExportManifest);

    private async Task SendAsync(HttpContext context, string callId, ZipEntry manifestEntry, byte[] manifest, List<Chosen> files, long length)
    {
        var (body, requestAborted) = (context.Response.Body, context.RequestAborted);
        var recordingId = Guid.Empty;
        try
        {
            var written = new List<(ZipEntry, uint)> { (manifestEntry, Crc32.Append(0, manifest)) };
            await body.WriteAsync(ZipLayout.Header(manifestEntry), requestAborted);
            await body.WriteAsync(manifest, requestAborted);
            await body.WriteAsync(ZipLayout.Descriptor(manifestEntry, written[0].Item2), requestAborted);
            foreach (var file in files)
            {
                recordingId = file.Recording.Id;
                await body.WriteAsync(ZipLayout.Header(file.Entry), requestAborted);
                var crc = await CopyAsync(file.Recording, body, requestAborted);
                await body.WriteAsync(ZipLayout.Descriptor(file.Entry, crc), requestAborted);
                written.Add((file.Entry, crc));
            }

            await body.WriteAsync(ZipLayout.End(written), requestAborted);
            Log.Exported(logger, callId, files.Count, length);
        }
        catch (Exception) when (requestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception exception)
        {
            // The status is out and says that all is well: only a broken connection still tells the client.
            Log.BrokenOff(logger, callId, recordingId, exception.Message, exception);
            context.Abort();
        }
    }

    private async Task<uint> CopyAsync(Recording recording, Stream destination, CancellationToken requestAborted)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(requestAborted, silence.Token);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = recording.FileSize!.Value;
        await using var opened = await contents.Of(recording).OpenAsync(recording.S3Key!, 0, size, reading.Token)
            ?? throw new InvalidDataException("The object is no longer there.");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var crc = 0u;
            for (var left = size; left > 0;)
            {
                silence.CancelAfter(LongestSilence);
                var read = await opened.Stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), reading.Token);
                if (read == 0)
                {
                    throw new InvalidDataException($"The object ends {left} bytes early.");
                }

                // A client may take it as slowly as Kestrel lets it.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                crc = Crc32.Append(crc, buffer.AsSpan(0, read));
                digest.AppendData(buffer, 0, read);
                left -= read;
                await destination.WriteAsync(buffer.AsMemory(0, read), requestAborted);
            }

            return opened.ObjectSize == size && Convert.ToHexStringLower(digest.GetHashAndReset()) == recording.Sha256
                ? crc
                : throw new InvalidDataException("The object is not what was archived.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Chosen(Recording Recording, ZipEntry Entry, List<Guid> RecordingIds);
}
