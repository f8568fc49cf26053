using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>
/// Brings a recording from the fallback to the store it belongs in, once that takes objects again. It is copied and verified there, then its job
/// says where it lies and everybody is told, and only when they were, and had time to stop reading the old one, it is verified once more and
/// the one in the fallback goes. An attempt that fails is made again for as long as it takes: the recording is safe where it is.
/// </summary>
internal sealed partial class RecordingMove(
    RecordingStores stores,
    StoreChoice choice,
    StoredRecordingQuery find,
    SwitchStoreCommand switchStore,
    CompleteMoveCommand complete,
    PostponeJobCommand postpone,
    JobSignals signals,
    FallbackMetrics metrics,
    IOptions<FallbackOptions> options,
    ILogger<RecordingMove> logger) : IJobStep
{
    private const int BlockSize = 128 * 1024;
    private const string NothingToMove = "The recording does not lie where it could be moved from.";

    public string Step => JobSteps.Move;

    /// <summary>
    /// What follows a transfer that put something into the fallback: this one or, where it went to the first store in the end, an earlier attempt
    /// that nobody lived to tell of.
    /// </summary>
    public IEnumerable<NewJob> After(ArchiveJob job, TransferResult result)
    {
        if (stores.Fallback is not { } fallback || (result.Store != fallback.Name && job.Store != fallback.Name))
        {
            yield break;
        }

        yield return new NewJob
        {
            RecordingId = job.RecordingId,
            Step = JobSteps.Move,
            Provider = job.Provider,
            CallId = job.CallId,
            RecordingType = job.RecordingType,
            RecordingSource = job.RecordingSource,
            AssistantId = job.AssistantId,
            SourceKind = job.SourceKind,
            SourceDetails = "{}",
            Destination = Destinations.OfStore(stores.Primary.Name),
            ObjectKey = ObjectKey.Parse(job.ObjectKey!),
            Store = fallback.Name,
            Traceparent = job.Traceparent,
        };
    }

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("move recording", ActivityKind.Consumer, job);
        var from = stores.All.FirstOrDefault(store => store.Name == job.Store)
            ?? throw Unreadable($"The recording lies in store {job.Store}, which BURQI_FALLBACK_STORE does not name any more.");
        var key = ObjectKey.Parse(job.ObjectKey!);
        if (from == stores.Primary || await find.ExecuteAsync(job.RecordingId, key.Value, cancellationToken) is not { } stored)
        {
            await complete.ExecuteAsync(job, NothingToMove, cancellationToken);
            return false;
        }

        if (stored.Store == from.Name)
        {
            await CopyAsync(job, key, from, stored, cancellationToken);
            return true;
        }

        var wait = stored.IsTold ? options.Value.KeepMoved - stored.Since : options.Value.KeepMoved;
        if (wait > TimeSpan.Zero)
        {
            await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, wait, failure: null, error: null, cancellationToken, isFresh: true);
            return false;
        }

        await LetGoAsync(job, key, from, stored, cancellationToken);
        return true;
    }

    private async Task CopyAsync(ArchiveJob job, ObjectKey key, IRecordingStore from, StoredRecording stored, CancellationToken cancellationToken)
    {
        var keyId = await CopyAsync(key, from, stored, cancellationToken);
        if (await switchStore.ExecuteAsync(job, from, stores.Primary, stores.Primary.UrlOf(key), keyId, cancellationToken))
        {
            metrics.Moved();
            Log.Moved(logger, job.RecordingId, from.Name, stores.Primary.Name);
            signals.Announcements.Ring();
        }

        await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, options.Value.KeepMoved, failure: null, error: null, cancellationToken, isFresh: true);
    }

    /// <summary>That it was verified once does not say that it is there now, and this may be the only other one.</summary>
    private async Task LetGoAsync(ArchiveJob job, ObjectKey key, IRecordingStore from, StoredRecording stored, CancellationToken cancellationToken)
    {
        try
        {
            await InPrimaryAsync(() => VerifyOnceMoreAsync(key, stored, cancellationToken), cancellationToken);
        }
        catch (TransferException exception) when (exception.Failure == TransferFailure.StoreMismatch)
        {
            Log.CopyIsLost(logger, job.RecordingId, stores.Primary.Name, exception.Message);
            await CopyAsync(key, from, stored, cancellationToken);
        }

        await ReadAsync(
            async () =>
            {
                await from.DeleteAsync(key, cancellationToken);
                return true;
            },
            from,
            cancellationToken);
        await complete.ExecuteAsync(job, note: null, cancellationToken);
        Log.LeftTheFallback(logger, job.RecordingId, from.Name);
    }

    /// <summary>What was moved to the archive tier meanwhile cannot be read. It was when it came: now what the store says of it has to do.</summary>
    private async Task VerifyOnceMoreAsync(ObjectKey key, StoredRecording stored, CancellationToken cancellationToken)
    {
        if (await stores.Primary.DescribeAsync(key, cancellationToken) is not { Tier: StorageTiers.Archive } there)
        {
            await StoredObject.VerifyAsync(stores.Primary, key, stored.FileSize, stored.Sha256, cancellationToken);
        }
        else if (there.Size != stored.FileSize || (there.Sha256 ?? stored.Sha256) != stored.Sha256)
        {
            throw new TransferException(TransferFailure.StoreMismatch, $"The store has an object of {there.Size} bytes that is not the one it was given.");
        }
    }

    /// <summary>Copies the object to the first store, and returns when it is verified there: the key that it is encrypted with there, if any.</summary>
    private async Task<string?> CopyAsync(ObjectKey key, IRecordingStore from, StoredRecording stored, CancellationToken cancellationToken)
    {
        string? keyId;
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            await using var source = await ReadAsync(() => from.OpenReadAsync(key, cancellationToken), from, cancellationToken)
                ?? throw Unreadable($"Store {from.Name} does not have the recording that is to be moved.");
            await using var upload = await InPrimaryAsync(
                () => stores.Primary.BeginUploadAsync(new NewObject(key, stored.Sha256, stored.FileSize), cancellationToken), cancellationToken);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (await ReadAsync(
                () => source.Body.ReadAtLeastAsync(block.AsMemory(0, BlockSize), BlockSize, throwOnEndOfStream: false, cancellationToken).AsTask(), from, cancellationToken)
                is var read and > 0)
            {
                hash.AppendData(block.AsSpan(0, read));
                await InPrimaryAsync(() => upload.WriteAsync(block.AsMemory(0, read), cancellationToken), cancellationToken);
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != stored.Sha256)
            {
                throw Unreadable($"Store {from.Name} gives back something else than the recording that it was given.");
            }

            keyId = upload.EncryptionKeyId;
            await InPrimaryAsync(() => upload.CommitAsync(stored.Sha256, cancellationToken), cancellationToken);
            await InPrimaryAsync(() => StoredObject.VerifyAsync(stores.Primary, key, stored.FileSize, stored.Sha256, cancellationToken), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        await choice.TookAsync(stores.Primary, cancellationToken);
        return keyId;
    }

    /// <summary>The fallback is the source here: nothing that it does is the first store's fault.</summary>
    private static async Task<T> ReadAsync<T>(Func<Task<T>> call, IRecordingStore from, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreadable($"Store {from.Name} failed: {exception.Message}", exception);
        }
    }

    private async Task<T> InPrimaryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var (failure, message) = exception is TransferException known
                ? (known.Failure, known.Message)
                : (TransferFailure.StoreUnavailable, $"The store failed: {exception.Message}");
            await choice.RefusedAsync(stores.Primary, message, cancellationToken);
            throw new TransferException(failure, message, exception) { IsPatient = true };
        }
    }

    private async Task InPrimaryAsync(Func<Task> call, CancellationToken cancellationToken) => await InPrimaryAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    private static TransferException Unreadable(string message, Exception? inner = null) =>
        new(TransferFailure.SourceUnavailable, message, inner) { IsPatient = true };

    private static partial class Log
    {
        [LoggerMessage(4304, LogLevel.Information, "Recording {RecordingId} is moved from store {Fallback} to store {Store}, and verified there")]
        public static partial void Moved(ILogger logger, Guid recordingId, string fallback, string store);

        [LoggerMessage(4305, LogLevel.Information, "Recording {RecordingId} is gone from store {Store}")]
        public static partial void LeftTheFallback(ILogger logger, Guid recordingId, string store);

        [LoggerMessage(4306, LogLevel.Error, "Store {Store} has lost recording {RecordingId} since it was moved there: it is copied once more. {Reason}")]
        public static partial void CopyIsLost(ILogger logger, Guid recordingId, string store, string reason);
    }
}
