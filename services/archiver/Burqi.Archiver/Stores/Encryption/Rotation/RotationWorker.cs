using System.Collections.Concurrent;
using Burqi.Archiver.Database;
using Burqi.Encryption;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>
/// Has every object that is encrypted with another key than the current one encrypted with it, by wrapping its own key anew. One process at a
/// time does it, for as long as its connection to the database lives; two at once would only do the same.
/// </summary>
internal sealed partial class RotationWorker(
    RotationCommands rotations,
    RotationQueries queries,
    RecordingStores stores,
    KeyRing keys,
    ArchiverDatabase database,
    RotationSignal signal,
    RotationMetrics metrics,
    IOptions<RotationOptions> options,
    TimeProvider clock,
    ILogger<RotationWorker> logger) : BackgroundService
{
    // Nobody else's lock in this database: "burqi" and a number, as bigint.
    private const long Lock = 0x6275727169_0001;
    private const int BatchSize = 200;
    private const int AtOnce = 8;
    private const int MostPasses = 5;

    private readonly RotationOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keys.CurrentId is not { } keyId)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(keyId, stoppingToken);
                await signal.Bell.WaitAsync(_options.PollInterval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.Interrupted(logger, exception.Message, exception is NpgsqlException ? null : exception);
                await signal.Bell.WaitAsync(_options.PollInterval, clock, stoppingToken);
            }
        }
    }

    private async Task RunAsync(string keyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition($"select pg_try_advisory_lock({Lock})", cancellationToken: cancellationToken)))
        {
            return;
        }

        try
        {
            if (await rotations.BeginAsync(connection, keyId, cancellationToken) is { } id)
            {
                await RotateAsync(id, keyId, cancellationToken);
            }
        }
        finally
        {
            await connection.ExecuteAsync($"select pg_advisory_unlock({Lock})");
        }
    }

    private async Task RotateAsync(Guid id, string keyId, CancellationToken cancellationToken)
    {
        Log.Begun(logger, id, keyId);
        for (var pass = 1; ; pass++)
        {
            if (await PassAsync(id, keyId, cancellationToken) is not var (failed, error))
            {
                return;
            }

            if (failed == 0)
            {
                await rotations.EndAsync(id, RotationStatuses.Completed, failed, error: null, cancellationToken);
                Log.Completed(logger, id, keyId);
                return;
            }

            if (pass == MostPasses)
            {
                await rotations.EndAsync(id, RotationStatuses.Failed, failed, error, cancellationToken);
                Log.Failed(logger, id, keyId, failed, error);
                return;
            }

            await Task.Delay(_options.PassInterval, clock, cancellationToken);
        }
    }

    /// <summary>Goes through all that is left. How many failed, and why the last one did; null where the rotation is not wanted any more.</summary>
    private async Task<(long Failed, string? Error)?> PassAsync(Guid id, string keyId, CancellationToken cancellationToken)
    {
        var (after, failed, error) = (Guid.Empty, 0L, (string?)null);
        while (await queries.BatchAsync(keyId, after, BatchSize, cancellationToken) is { Count: > 0 } batch)
        {
            var done = new ConcurrentBag<Guid>();
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (job, token) =>
                {
                    try
                    {
                        await RewrapAsync(job, done, token);
                    }
                    catch (Exception exception) when (!token.IsCancellationRequested)
                    {
                        Interlocked.Increment(ref failed);
                        Volatile.Write(ref error, $"Recording {job.RecordingId}: {exception.Message}");
                        metrics.NotRewrapped(job.Store);
                        Log.NotRewrapped(logger, job.RecordingId, job.Store, exception.Message);
                    }
                });
            after = batch[^1].Id;
            if (!await rotations.ReportAsync(id, keyId, done, failed, error, cancellationToken))
            {
                return null;
            }
        }

        return (failed, error);
    }

    private async Task RewrapAsync(EncryptedJob job, ConcurrentBag<Guid> done, CancellationToken cancellationToken)
    {
        var store = (EncryptedRecordingStore)stores.Named(job.Store);
        if (await store.RewrapAsync(ObjectKey.Parse(job.ObjectKey), cancellationToken) is null)
        {
            await rotations.ForgetAsync(job.Id, cancellationToken);
            return;
        }

        done.Add(job.Id);
        metrics.Rewrapped(job.Store);
    }

    private static partial class Log
    {
        [LoggerMessage(4330, LogLevel.Information, "Rotation {RotationId}: all encrypted recordings are to be encrypted with key {KeyId}")]
        public static partial void Begun(ILogger logger, Guid rotationId, string keyId);

        [LoggerMessage(4331, LogLevel.Information, "Rotation {RotationId}: no recording needs another key than {KeyId} any more")]
        public static partial void Completed(ILogger logger, Guid rotationId, string keyId);

        [LoggerMessage(4332, LogLevel.Error, "Rotation {RotationId} to key {KeyId} ended with {Failed} recordings under their old keys, which are still needed. {Reason}")]
        public static partial void Failed(ILogger logger, Guid rotationId, string keyId, long failed, string? reason);

        [LoggerMessage(4333, LogLevel.Warning, "Recording {RecordingId} in store {Store} stays under its old key for now. {Reason}")]
        public static partial void NotRewrapped(ILogger logger, Guid recordingId, string store, string reason);

        [LoggerMessage(4334, LogLevel.Warning, "A rotation of keys was interrupted and goes on later. {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason, Exception? exception);
    }
}
