using System.Buffers;
using System.Security.Cryptography;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Sources.Audio;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Fallback;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>
/// One attempt: from the source into the store, in one pass and bounded memory, counted and hashed on the way, and read back before it
/// is called done. Nothing is seen in the store under the recording's key before all of it was there and was what the source had promised.
/// </summary>
internal sealed class RecordingTransfer(
    IEnumerable<IRecordingSource> sources,
    RecordingStores stores,
    StoreChoice choice,
    NoteContentCommand note,
    ArchiverMetrics metrics,
    TimeProvider clock)
{
    private const string Wav = "wav";
    private const int BlockSize = 128 * 1024;

    // Room for the metadata that some writers put before the samples; no header of a recording is longer.
    private const int LongestHeader = 64 * 1024;

    /// <summary>Brings the job's recording into the store.</summary>
    /// <exception cref="TransferException">The attempt failed; nothing else is thrown for that.</exception>
    /// <exception cref="LeaseLostException">The job is somebody else's.</exception>
    public Task<TransferResult> RunAsync(ArchiveJob job, CancellationToken cancellationToken) =>
        choice.UseAsync(job, store => RunAsync(job, store, cancellationToken), cancellationToken);

    /// <summary>
    /// Looks for what an earlier attempt stored and did not live to tell of, and reads it through; null when there is no such thing. Only what is
    /// byte for byte what was announced, or what that attempt was about to store, counts.
    /// </summary>
    /// <exception cref="TransferException">A store cannot tell now.</exception>
    public async Task<TransferResult?> FindStoredAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        if (job.ObjectKey is null || (job.ExpectedSha256 ?? job.Sha256) is not { } sha256)
        {
            return null;
        }

        var wanted = job with { ExpectedSha256 = sha256 };
        var key = KeyOf(job);
        TransferException? unknown = null;
        foreach (var store in stores.All)
        {
            try
            {
                if (await store.OpenReadAsync(key, cancellationToken) is { } stored)
                {
                    await using var content = new SourceContent(stored.Body, stored.Size, stored.Body) { Place = new StoredPlace(store.Name, key.Value) };
                    return await TakeAsync(wanted, store, key, content, cancellationToken) with { EncryptionKeyId = stored.EncryptionKeyId };
                }
            }
            catch (TransferException)
            {
                // Something else lies there.
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                unknown ??= new TransferException(TransferFailure.StoreUnavailable, $"The store failed: {exception.Message}", exception);
            }
        }

        return unknown is null ? null : throw unknown;
    }

    private async Task<TransferResult> RunAsync(ArchiveJob job, IRecordingStore store, CancellationToken cancellationToken)
    {
        var source = sources.FirstOrDefault(candidate => candidate.Kind == job.SourceKind)
            ?? throw new TransferException(TransferFailure.Refused, $"This version has no source of kind '{job.SourceKind}'.");
        var key = KeyOf(job);
        var tryingFor = job.TakenUpAt is { } since ? clock.GetUtcNow().UtcDateTime - since : TimeSpan.Zero;
        await using var content = await source.OpenAsync(
            new SourceRequest(job.RecordingId, job.SourceDetails, tryingFor, job.DurationMs, job.Channels, job.AssistantId), cancellationToken);
        return await TakeAsync(job, store, key, content, cancellationToken);
    }

    private async Task<TransferResult> TakeAsync(
        ArchiveJob job, IRecordingStore store, ObjectKey key, SourceContent content, CancellationToken cancellationToken)
    {
        var format = job.Format ?? Wav;
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var promisedSize = job.ExpectedSize ?? content.Length;
            if (content.Length is { } length && job.ExpectedSize is { } expected && length != expected)
            {
                throw new TransferException(TransferFailure.ContentMismatch, $"The source offers {length} bytes, announced were {expected}.");
            }

            var filled = await ReadBlockAsync(content.Body, block, cancellationToken);
            var header = format == Wav ? ParseHeader(block.AsSpan(0, filled)) ?? throw await NotAudioAsync(content, cancellationToken) : null;

            var meter = SampleMeter.For(header);
            var probe = header is null ? AudioProbe.For(format) : null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            var isThere = content.Place == new StoredPlace(store.Name, key.Value); // then it is read through where it lies
            await using (var upload = isThere ? InPlaceUpload.Instance : await StoredObject.AskAsync(() => store.BeginUploadAsync(new NewObject(key, job.ExpectedSha256, promisedSize), cancellationToken), cancellationToken))
            {
                while (filled > 0)
                {
                    var chunk = block.AsMemory(0, filled);
                    hash.AppendData(chunk.Span);
                    meter?.Add(chunk.Span);
                    probe?.Add(chunk.Span);
                    size += filled;
                    if (size > promisedSize)
                    {
                        throw new TransferException(TransferFailure.ContentMismatch, $"The source sends more than the {promisedSize} bytes that were announced.");
                    }

                    await StoredObject.AskAsync(() => upload.WriteAsync(chunk, cancellationToken), cancellationToken);
                    metrics.Transferred(filled, job.SourceKind, store.Name);
                    filled = await ReadBlockAsync(content.Body, block, cancellationToken);
                }

                var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
                CheckContent(job, header, promisedSize, size, sha256);
                var probed = Probed(job, format, probe);
                if (header is not null && content.Objection is { } objection
                    && await objection(new MeasuredAudio(header.DurationMs(size), header.Channels), cancellationToken) is { } objected)
                {
                    throw objected;
                }

                if (!isThere)
                {
                    await note.ExecuteAsync(job, size, sha256, cancellationToken);
                }

                await StoredObject.AskAsync(() => upload.CommitAsync(sha256, cancellationToken), cancellationToken);
                if (!isThere)
                {
                    await StoredObject.VerifyAsync(store, key, size, sha256, cancellationToken);
                }

                return new TransferResult
                {
                    Format = format,
                    SampleRate = header?.SampleRate ?? probed?.SampleRate ?? job.SampleRate ?? throw Unmeasured(format),
                    Channels = header?.Channels ?? probed?.Channels ?? job.Channels ?? throw Unmeasured(format),
                    DurationMs = header?.DurationMs(size) ?? probed?.DurationMs ?? job.DurationMs,
                    Peak = meter?.Peak,
                    SilentChannels = meter?.SilentChannels,
                    FileSize = size,
                    Sha256 = sha256,
                    Store = store.Name,
                    ObjectUrl = store.UrlOf(key),
                    EncryptionKeyId = upload.EncryptionKeyId,
                };
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static ObjectKey KeyOf(ArchiveJob job)
    {
        try
        {
            return ObjectKey.Parse(job.ObjectKey ?? "");
        }
        catch (FormatException exception)
        {
            throw new TransferException(TransferFailure.Refused, "The job has no usable object key.", exception);
        }
    }

    private static WavHeader? ParseHeader(ReadOnlySpan<byte> start) =>
        WavHeader.TryParse(start[..Math.Min(start.Length, LongestHeader)], out var header) == WavParse.Wav ? header : null;

    private static async Task<TransferException> NotAudioAsync(SourceContent content, CancellationToken cancellationToken) =>
        (content.Objection is { } objection ? await objection(null, cancellationToken) : null)
        ?? new TransferException(TransferFailure.SourceNotAudio, "What the source sent is not a WAV file.");

    private static void CheckContent(ArchiveJob job, WavHeader? header, long? promisedSize, long size, string sha256)
    {
        if (promisedSize is { } promised && size != promised)
        {
            throw new TransferException(TransferFailure.ContentMismatch, $"The source sent {size} bytes of {promised}.");
        }

        if (job.ExpectedSha256 is { } expected)
        {
            // The announced checksum decides, also over a header that a recorder left unfinished.
            if (!string.Equals(expected, sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new TransferException(TransferFailure.ContentMismatch, "What the source sent has another checksum than was announced.");
            }
        }
        else if (header?.IsTruncatedAt(size) == true)
        {
            throw new TransferException(TransferFailure.ContentMismatch, $"The source sent {size} bytes, fewer than the file's own header says.");
        }
    }

    /// <summary>What a file other than WAV holds. Where its checksum was announced that alone decides whether it is the right one.</summary>
    private static ProbedAudio? Probed(ArchiveJob job, string format, AudioProbe? probe) => (probe?.End(), job.ExpectedSha256) switch
    {
        (null, null) when probe is not null => throw new TransferException(TransferFailure.SourceNotAudio, $"What the source sent is not audio in {format} form."),
        ({ IsTruncated: true }, null) => throw new TransferException(TransferFailure.ContentMismatch, $"What the source sent ends in the middle of the {format} file."),
        var (probed, _) => probed,
    };

    private static TransferException Unmeasured(string format) =>
        new(TransferFailure.Refused, $"Neither the announcement nor a '{format}' file tells the sample rate and the channels.");

    /// <summary>Fills the block unless the content ends: sources deliver in small pieces, stores want large ones.</summary>
    private static async Task<int> ReadBlockAsync(Stream content, byte[] block, CancellationToken cancellationToken) =>
        await content.ReadAtLeastAsync(block.AsMemory(0, BlockSize), BlockSize, throwOnEndOfStream: false, cancellationToken);
}
