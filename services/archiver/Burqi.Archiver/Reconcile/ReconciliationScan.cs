using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Reconcile.Calls;
using Burqi.Archiver.Reconcile.Findings;
using Burqi.Archiver.Reconcile.Runs;
using Burqi.Assistants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver.Reconcile;

/// <summary>
/// Goes through what a provider lists, account by account and page by page, and writes down what never reached us. Nothing is kept but the
/// page at hand, so it takes the same memory however much there is; and done again from the start it finds the same.
/// </summary>
internal sealed partial class ReconciliationScan(
    IEnumerable<IProviderRecordings> providers,
    ReachedAccountsQuery reachedQuery,
    KnownRecordingsQuery known,
    CallContextQuery contexts,
    AddFindingsCommand addFindings,
    CallsToAskQuery callsToAsk,
    AddCallCommand addCall,
    ReconciliationCommands runs,
    AssistantDirectory assistants,
    ReconcileSignals signals,
    ReconcileMetrics metrics,
    IOptions<ReconcileOptions> options,
    IOptions<ArchiverOptions> archiver,
    TimeProvider clock,
    ILogger<ReconciliationScan> logger)
{
    private const int CallBatch = 50;
    private const int CallsAtOnce = 4; // Twilio answers 429 to many requests at once
    private const int MostFailedCalls = 20;

    // While it waits no other run can begin.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(2);

    private readonly ReconcileOptions _options = options.Value;

    // Those that were spoken of since the start. One run at a time, so one thread at a time.
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);

    /// <summary>Why the run did not come to its end, in a sentence; null where it did.</summary>
    /// <exception cref="OperationCanceledException">The run is another's by now, or the process stops.</exception>
    public async Task<string?> RunAsync(Reconciliation run, CancellationToken cancellationToken)
    {
        if (providers.FirstOrDefault(candidate => candidate.Provider == run.Provider) is not { } provider)
        {
            return "This version cannot list that provider's recordings.";
        }

        if (provider.Lack is { } lack)
        {
            return lack;
        }

        var accounts = await provider.AccountsAsync(cancellationToken);
        var progress = new ReconciliationProgress
        {
            Accounts = [.. accounts.Select(account => new AccountProgress { AccountId = account.AccountId, Credentials = account.Credentials })],
        };
        var reached = await reachedQuery.ExecuteAsync(run, cancellationToken);
        for (var i = 0; i < accounts.Count; i++)
        {
            await ScanAsync(run, provider, accounts[i], FromOf(run, accounts[i], reached), progress, progress.Accounts[i], cancellationToken);
        }

        var unread = progress.Accounts.Where(account => account.Error is not null).ToList();
        var callsError = await AskForCallsAsync(run, provider, accounts, cancellationToken);
        return (unread, callsError) switch
        {
            ([], _) => callsError,
            ([var only], null) when accounts.Count == 1 => only.Error,
            _ => $"{unread.Count} of {accounts.Count} accounts could not be read to the end: {string.Join(' ', unread.Select(account => $"{Name(account)}: {account.Error}").Append(callsError).OfType<string>())}",
        };
    }

    private static string Name(AccountProgress account) => account.AccountId.Length > 0 ? account.AccountId : account.Credentials;

    /// <summary>From when on an account is looked through: the run's window begins where the account that is furthest behind was left off.</summary>
    private DateTimeOffset FromOf(Reconciliation run, ProviderAccount account, IReadOnlyDictionary<string, DateTime> reached)
    {
        var left = reached.TryGetValue(account.AccountId, out var end) ? end - _options.Overlap : run.WindowFrom;
        return new DateTimeOffset(left > run.WindowFrom ? left : run.WindowFrom, TimeSpan.Zero);
    }

    private async Task ScanAsync(
        Reconciliation run,
        IProviderRecordings provider,
        ProviderAccount account,
        DateTimeOffset from,
        ReconciliationProgress all,
        AccountProgress progress,
        CancellationToken cancellationToken)
    {
        var to = new DateTimeOffset(run.WindowTo, TimeSpan.Zero);
        if (account is { AccountId: "", Lack: { } unnamed })
        {
            // Fetching goes on without it, and nothing would be otherwise in an hour: this is said, and is no failure.
            (progress.Status, progress.Note) = (AccountProgress.Skipped, unnamed);
            if (_skipped.Add(account.Credentials))
            {
                Log.AccountSkipped(logger, account.Credentials, unnamed);
            }

            await ReportAsync(run, all, cancellationToken);
            return;
        }

        try
        {
            if (account.Lack is { } lack)
            {
                throw new TransferException(TransferFailure.SourceRefused, lack);
            }

            string? next = null;
            do
            {
                if (progress.Pages == _options.MaxPages)
                {
                    throw new TransferException(
                        TransferFailure.Refused, $"The list did not end after {progress.Pages} pages: ask for a shorter time.");
                }

                var page = await PersistAsync(() => provider.ListAsync(account, from - _options.LongestRecording, to, next, cancellationToken), cancellationToken);
                progress.Pages++;
                progress.Unreadable += page.Unreadable;
                await TakeAsync(run, [.. page.Recordings.Where(recording => recording.State != ListedState.Deleted && recording.IsIn(from, to))], progress, cancellationToken);
                await ReportAsync(run, all, cancellationToken);
                next = page.Next;
            }
            while (next is not null);

            progress.Status = ReconciliationStatuses.Completed;
        }
        catch (Exception exception) when (Ends(exception))
        {
            progress.Status = ReconciliationStatuses.Failed;
            progress.Error = Why(exception);
            metrics.AccountFailed(run.Provider);
            Log.AccountFailed(logger, exception is TransferException ? null : exception, run.Id, Name(progress), progress.Pages, progress.Error);
        }

        await ReportAsync(run, all, cancellationToken);
    }

    /// <summary>Sorts a page's recordings into those that are known and those that are not, and writes down the latter.</summary>
    private async Task TakeAsync(Reconciliation run, IReadOnlyList<ListedRecording> recordings, AccountProgress progress, CancellationToken cancellationToken)
    {
        metrics.Listed(recordings.Count, run.Provider);
        progress.Listed += recordings.Count;
        progress.InProgress += recordings.Count(recording => recording.State == ListedState.Unfinished);
        var finished = recordings.Where(recording => recording.State != ListedState.Unfinished).DistinctBy(recording => recording.ProviderRecordingId).ToList();
        if (finished.Count == 0)
        {
            return;
        }

        var facts = await known.ExecuteAsync(run.Provider, finished, cancellationToken);
        var missing = new List<ListedRecording>();
        foreach (var recording in finished)
        {
            var fact = facts[Finding.IdOf(run.Provider, recording)];
            if (fact.FoundBy == run.Id)
            {
                progress.Missing++; // whoever had the run before found it
            }
            else if (fact.IsKnown || fact.FoundBy is not null)
            {
                progress.Known++;
            }
            else if (IsRecent(run, recording))
            {
                progress.Recent++;
            }
            else
            {
                progress.Missing++;
                missing.Add(recording);
            }
        }

        if (missing.Count > 0)
        {
            await WriteAsync(run, missing, cancellationToken);
        }
    }

    /// <summary>Whether its callback may be on its way. Who asks for a run wants to know what is missing now.</summary>
    private bool IsRecent(Reconciliation run, ListedRecording recording) =>
        run.RequestedBy == ReconciliationRequesters.Schedule && recording.EndedAt > clock.GetUtcNow() - _options.Grace;

    private async Task WriteAsync(Reconciliation run, List<ListedRecording> missing, CancellationToken cancellationToken)
    {
        var calls = await contexts.ExecuteAsync(run.Provider, [.. missing.Select(recording => recording.CallId).Distinct(StringComparer.Ordinal)], cancellationToken);
        var now = clock.GetUtcNow();
        var findings = missing.Select(recording => Finding.Of(run.Provider, recording, WithWishes(calls[recording.CallId]), now)).ToList();
        if (!await addFindings.ExecuteAsync(run, findings, cancellationToken))
        {
            throw new OperationCanceledException("The run is another's.");
        }

        foreach (var finding in findings)
        {
            metrics.Missing(run.Provider, finding.Status);
            Log.Missing(logger, finding.RecordingId, finding.Listed.CallId, finding.Status, run.Id);
        }

        signals.Announcements.Ring();
    }

    /// <summary>What the call's assistant wants: as it was heard with the call, else as the assistant says now.</summary>
    private CallContext WithWishes(CallContext call) => assistants.Find(call.AssistantId) is { } settings
        ? call with { AutoSave = call.AutoSave ?? settings.AutoSave, CreateDatabaseRecords = call.CreateDatabaseRecords ?? settings.CreateDatabaseRecords }
        : call;

    /// <summary>Asks for the calls of what was found, so that they stand in the catalog as well. Why some could not be had; null where all were.</summary>
    private async Task<string?> AskForCallsAsync(Reconciliation run, IProviderRecordings provider, IReadOnlyList<ProviderAccount> accounts, CancellationToken cancellationToken)
    {
        var (failed, reason, last) = (0, "", "");
        while (failed < MostFailedCalls && await callsToAsk.ExecuteAsync(run.Provider, last, CallBatch, cancellationToken) is { Count: > 0 } batch)
        {
            last = batch[^1].CallId;
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (call, token) =>
                {
                    var account = accounts.FirstOrDefault(known => known.AccountId == call.AccountId) ?? new ProviderAccount(call.AccountId, "");
                    try
                    {
                        var told = await PersistAsync(() => provider.GetCallAsync(account, call.CallId, token), token);
                        if (told.IsOver)
                        {
                            await addCall.ExecuteAsync(run.Provider, call.CallId, told, token);
                        }
                    }
                    catch (Exception exception) when (Ends(exception))
                    {
                        Interlocked.Increment(ref failed);
                        Volatile.Write(ref reason, Why(exception));
                        Log.CallFailed(logger, exception is TransferException ? null : exception, call.CallId, Why(exception));
                    }
                });
            signals.Announcements.Ring();
        }

        return failed == 0 ? null : $"{failed} calls of what was found could not be asked for; their recordings were taken all the same. {reason}";
    }

    /// <summary>Whether it would be the same again. A database that is away is not: the run is begun anew when it is back.</summary>
    internal static bool Ends(Exception exception) => exception is not (OperationCanceledException or NpgsqlException { IsTransient: true });

    /// <summary>What went wrong, in a sentence. What nobody foresaw goes by its type: its message may hold what is nobody's business.</summary>
    internal static string Why(Exception exception) =>
        exception is TransferException ? exception.Message : $"Something unexpected went wrong ({exception.GetType()}): the log has more.";

    /// <summary>Asks again, with growing waits, what failed in a way that passes.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (TransferException exception) when (exception.RetryAfter > LongestRetryAfter)
            {
                throw new TransferException(
                    exception.Failure, $"{exception.Message} It asks to be left alone for {exception.RetryAfter.Value.TotalMinutes:0} minutes: the next run tries again.", exception);
            }
            catch (TransferException exception) when (attempt < _options.Attempts && exception.Failure is TransferFailure.SourceUnavailable)
            {
                var delay = Backoff.Delay(attempt, archiver.Value, exception.RetryAfter, Random.Shared);
                Log.AskedAgain(logger, delay.TotalSeconds, exception.Message);
                await Task.Delay(delay, clock, cancellationToken);
            }
        }
    }

    private async Task ReportAsync(Reconciliation run, ReconciliationProgress progress, CancellationToken cancellationToken)
    {
        if (!await runs.ReportAsync(run, progress, cancellationToken))
        {
            throw new OperationCanceledException("The run is another's.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4160, LogLevel.Warning, "Recording {RecordingId} of call {CallId} had never reached us ({Status}): found by reconciliation {RunId}")]
        public static partial void Missing(ILogger logger, Guid recordingId, string callId, string status, Guid runId);

        [LoggerMessage(4161, LogLevel.Error, "Reconciliation {RunId}: account {AccountId} could not be read beyond page {Pages}. {Reason}")]
        public static partial void AccountFailed(ILogger logger, Exception? exception, Guid runId, string accountId, int pages, string reason);

        [LoggerMessage(4162, LogLevel.Warning, "Call {CallId} could not be asked for; the next reconciliation tries again. {Reason}")]
        public static partial void CallFailed(ILogger logger, Exception? exception, string callId, string reason);

        [LoggerMessage(4163, LogLevel.Information, "A list could not be read and is asked for again in {DelaySeconds} s. {Reason}")]
        public static partial void AskedAgain(ILogger logger, double delaySeconds, string reason);

        [LoggerMessage(4164, LogLevel.Warning, "The account of the credentials {Credentials} is not reconciled. {Reason} This is said once")]
        public static partial void AccountSkipped(ILogger logger, string credentials, string reason);
    }
}
