using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>
/// Which store a recording goes to: the first, unless everything it was given was refused for longer than is waited for. Known from what all
/// replicas write down, and looked up now and then by <see cref="StoreWatch"/>, so that asking costs nothing.
/// </summary>
internal sealed partial class StoreChoice(
    RecordingStores stores,
    StoreStates states,
    ArchiverDatabase database,
    IOptions<FallbackOptions> options,
    ILogger<StoreChoice> logger)
{
    // A job says where its attempt writes before it does: should nobody live to tell, what lies there is found.
    private const string MarkSql = "update archiver.jobs set store = @Store where id = @Id and lease_id = @LeaseId and status = 'running'";

    private volatile IReadOnlyList<StoreState> _refusing = [];

    /// <summary>The store that recordings go to now.</summary>
    public IRecordingStore ForNew
    {
        get
        {
            if (stores.Fallback is not { } fallback || Refusal(stores.Primary) is not { } refusal || refusal.RefusedFor < options.Value.After)
            {
                return stores.Primary;
            }

            // While both refuse they are tried in turns.
            return Refusal(fallback) is { } other && other.LastRefused < refusal.LastRefused ? stores.Primary : fallback;
        }
    }

    /// <summary>Why the first store is refusing; null while it takes objects, or where there is no other.</summary>
    public StoreState? RefusalOfPrimary => Refusal(stores.Primary);

    /// <summary>Does something with the store that the job's recording goes to now, and remembers how the store took it.</summary>
    public async Task<T> UseAsync<T>(ArchiveJob job, Func<IRecordingStore, Task<T>> work, CancellationToken cancellationToken)
    {
        var store = ForNew;
        if (store != stores.Primary)
        {
            await MarkAsync(job, store, cancellationToken);
        }

        try
        {
            var result = await work(store);
            await TookAsync(store, cancellationToken);
            return result;
        }
        catch (TransferException exception) when (
            exception.Failure is TransferFailure.StoreUnavailable or TransferFailure.StoreMismatch
            && job.Step == JobSteps.Archive // what is split is read from a store as well, and that one may be the one that failed
            && !cancellationToken.IsCancellationRequested)
        {
            await RefusedAsync(store, exception.Message, cancellationToken);
            throw;
        }
    }

    public async Task TookAsync(IRecordingStore store, CancellationToken cancellationToken)
    {
        // Said each time: a refusal that another replica has just written down is not known here yet.
        if (stores.Fallback is not null)
        {
            await NoteAsync(() => states.TookAsync(store.Name, cancellationToken), cancellationToken);
        }
    }

    public async Task RefusedAsync(IRecordingStore store, string reason, CancellationToken cancellationToken)
    {
        if (stores.Fallback is not null)
        {
            await NoteAsync(() => states.RefusedAsync(store.Name, reason, cancellationToken), cancellationToken);
        }
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var before = ForNew;
        _refusing = await states.FindRefusingAsync(cancellationToken);
        if (ForNew is var now && now != before)
        {
            if (now != stores.Primary && RefusalOfPrimary is { } refusal)
            {
                Log.ToFallback(logger, stores.Primary.Name, refusal.RefusedFor.TotalMinutes, now.Name, refusal.Reason);
            }
            else
            {
                Log.BackToPrimary(logger, now.Name);
            }
        }
    }

    private StoreState? Refusal(IRecordingStore store) => _refusing.FirstOrDefault(state => state.Store == store.Name);

    private async Task MarkAsync(ArchiveJob job, IRecordingStore store, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ExecuteAsync(new CommandDefinition(
            MarkSql, new { job.Id, job.LeaseId, Store = store.Name }, cancellationToken: cancellationToken)) != 1)
        {
            throw new LeaseLostException(); // what went there now nobody would find
        }
    }

    /// <summary>What is not written down is found out again by the next attempt.</summary>
    private async Task NoteAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
            await RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotNoted(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4300, LogLevel.Error, "Store {Store} has refused for {Minutes:0.0} min: recordings go to store {Fallback} until it is back. {Reason}")]
        public static partial void ToFallback(ILogger logger, string store, double minutes, string fallback, string? reason);

        [LoggerMessage(4301, LogLevel.Information, "Recordings go to store {Store} again")]
        public static partial void BackToPrimary(ILogger logger, string store);

        [LoggerMessage(4302, LogLevel.Warning, "How a store took an object could not be written down: {Reason}")]
        public static partial void NotNoted(ILogger logger, string reason);
    }
}
