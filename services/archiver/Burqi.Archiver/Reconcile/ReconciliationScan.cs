using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Reconcile.Calls;
using Burqi.Archiver.Reconcile.Findings;
using Burqi.Archiver.Reconcile.Runs;
using Burqi.Assistants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile;

/// <summary>
/// Goes through what a provider lists, account by account and page by page, and writes down what never reached us. Nothing is kept but the
/// page at hand, so it takes the same memory however much there is; and done again from the start it finds the same.
/// </summary>
internal sealed partial class ReconciliationScan(
    IEnumerable<IProviderRecordings> providers,
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

    private readonly ReconcileOptions _options = options.Value;

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
        for (var i = 0; i < accounts.Count; i++)
        {
            await ScanAsync(run, provider, accounts[i], progress, progress.Accounts[i], cancellationToken);
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

    private async Task ScanAsync(
        Reconciliation run, IProviderRecordings provider, ProviderAccount account, ReconciliationProgress all, AccountProgress progress, CancellationToken cancellationToken)
    {
        var (from, to) = (new DateTimeOffset(run.WindowFrom, TimeSpan.Zero), new DateTimeOffset(run.WindowTo, TimeSpan.Zero));
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
        catch (TransferException exception)
        {
            progress.Status = ReconciliationStatuses.Failed;
            progress.Error = exception.Message;
            metrics.AccountFailed(run.Provider);
            Log.AccountFailed(logger, run.Id, Name(progress), progress.Pages, exception.Message);
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

        var facts = await known.ExecuteAsync([.. finished.Select(recording => Finding.IdOf(run.Provider, recording)).Distinct()], cancellationToken);
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
                    catch (TransferException exception)
                    {
                        Interlocked.Increment(ref failed);
                        Volatile.Write(ref reason, exception.Message);
                        Log.CallFailed(logger, call.CallId, exception.Message);
                    }
                });
            signals.Announcements.Ring();
        }

        return failed == 0 ? null : $"{failed} calls of what was found could not be asked for; their recordings were taken all the same. {reason}";
    }

    /// <summary>Asks again, with growing waits, what failed in a way that passes.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
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
        public static partial void AccountFailed(ILogger logger, Guid runId, string accountId, int pages, string reason);

        [LoggerMessage(4162, LogLevel.Warning, "Call {CallId} could not be asked for; the next reconciliation tries again. {Reason}")]
        public static partial void CallFailed(ILogger logger, string callId, string reason);

        [LoggerMessage(4163, LogLevel.Information, "A list could not be read and is asked for again in {DelaySeconds} s. {Reason}")]
        public static partial void AskedAgain(ILogger logger, double delaySeconds, string reason);
    }
}
