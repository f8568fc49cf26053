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
            if (await rotations.BeginAsync(connection, keyId, cancellationToken) is { } place)
            {
                await RotateAsync(place, keyId, cancellationToken);
            }
        }
        finally
        {
            await connection.ExecuteAsync($"select pg_advisory_unlock({Lock})");
        }
    }

    private async Task RotateAsync(RotationPlace place, string keyId, CancellationToken cancellationToken)
    {
        Log.Begun(logger, place.Id, keyId);
        for (var pass = 1; ; pass++)
        {
            if (await PassAsync(place, keyId, cancellationToken) is not { } end)
            {
                return;
            }

            if (end.Failed == 0)
            {
                if (await CountMissedAsync(end, keyId, cancellationToken) is not { } missed)
                {
                    return;
                }

                if (missed == 0)
                {
                    await rotations.EndAsync(end.Id, RotationStatuses.Completed, end.Failed, error: null, cancellationToken);
                    Log.Completed(logger, end.Id, keyId);
                    return;
                }

                end = end with { Failed = missed, Error = "They were stored under an older key meanwhile: an archiver still has that for its current one." };
            }

            if (pass == MostPasses)
            {
                await rotations.EndAsync(end.Id, RotationStatuses.Failed, end.Failed, end.Error, cancellationToken);
                Log.Failed(logger, end.Id, keyId, end.Failed, end.Error);
                return;
            }

            await Task.Delay(_options.PassInterval, clock, cancellationToken);
            await rotations.RestartAsync(end.Id, cancellationToken);
            place = end with { Position = Guid.Empty, Failed = 0 };
        }
    }

    /// <summary>
    /// What came under another key while the others were looked at: uploads that a replica began before it was given the new key may last for
    /// hours, and end behind the place where the pass is by then. They are waited for.
    /// </summary>
    /// <returns>How many there are; null where the rotation is not wanted any more.</returns>
    private async Task<long?> CountMissedAsync(RotationPlace end, string keyId, CancellationToken cancellationToken)
    {
        var uploads = await queries.UploadsAsync(cancellationToken);
        while (await queries.CountHeldAsync(end.Id, uploads, cancellationToken) is { } held)
        {
            if (held == 0)
            {
                return await queries.CountOthersAsync(keyId, cancellationToken);
            }

            await Task.Delay(_options.PollInterval, clock, cancellationToken);
        }

        return null;
    }

    /// <summary>Looks at all objects from a place on. Where it ended; null where the rotation is not wanted any more.</summary>
    private async Task<RotationPlace?> PassAsync(RotationPlace place, string keyId, CancellationToken cancellationToken)
    {
        while (await queries.BatchAsync(place.Position, BatchSize, cancellationToken) is { Count: > 0 } batch)
        {
            var (done, plain) = (new ConcurrentBag<Guid>(), new ConcurrentBag<Guid>());
            var failures = new ConcurrentQueue<string>();
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (one, token) =>
                {
                    try
                    {
                        (await RewrapAsync(one, token) ? done : plain).Add(one.Id);
                    }
                    catch (Exception exception) when (!token.IsCancellationRequested)
                    {
                        failures.Enqueue($"Recording {one.RecordingId}: {exception.Message}");
                        metrics.NotRewrapped(one.Store);
                        Log.NotRewrapped(logger, one.RecordingId, one.Store, exception.Message, exception.InnerException);
                    }
                });
            place = place with { Position = batch[^1].Id, Failed = place.Failed + failures.Count, Error = failures.LastOrDefault() ?? place.Error };
            if (!await rotations.ReportAsync(place, keyId, done, plain, batch.Count, cancellationToken))
            {
                return null;
            }
        }

        return place;
    }

    /// <summary>False: the object is not encrypted, or is none and was thought not to be.</summary>
    private async Task<bool> RewrapAsync(ObjectToLookAt one, CancellationToken cancellationToken)
    {
        var store = (EncryptedRecordingStore)stores.Named(one.Store);
        try
        {
            if (await store.RewrapAsync(ObjectKey.Parse(one.ObjectKey), cancellationToken) is not { } keyId)
            {
                return false;
            }

            if (keyId != one.KeyId)
            {
                metrics.Rewrapped(one.Store);
            }

            return true;
        }
        catch (FileNotFoundException) when (one.KeyId is null)
        {
            return false; // what is missing is not looked for here
        }
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
        public static partial void NotRewrapped(ILogger logger, Guid recordingId, string store, string reason, Exception? exception);

        [LoggerMessage(4334, LogLevel.Warning, "A rotation of keys was interrupted and goes on later. {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason, Exception? exception);
    }
}
