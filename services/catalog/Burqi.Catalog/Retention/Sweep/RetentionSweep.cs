using Burqi.Catalog.Database;
using Burqi.Catalog.Retention.Delete;
using Burqi.Catalog.Retention.Plan;
using Burqi.Catalog.Retention.Tiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog.Retention.Sweep;

/// <summary>
/// Goes through the policies once: says what is due and, where that is wanted, decides it, one recording at a time. Deletions come first: what is
/// deleted needs no other tier.
/// </summary>
internal sealed partial class RetentionSweep(
    RetentionPlanQuery plan,
    DeletionsQuery deletions,
    RequestDeletionCommand delete,
    RequestTierCommand move,
    RetentionMetrics metrics,
    IOptions<RetentionOptions> options,
    ILogger<RetentionSweep> logger)
{
    private const int PageSize = 200;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var rules = await plan.RulesAsync(cancellationToken);
        var counts = await plan.CountAsync(rules, cancellationToken);
        await ReportAsync(rules, counts, cancellationToken);
        if (options.Value.Mode != RetentionMode.On)
        {
            return;
        }

        var (deleted, moved) = (0, 0);
        foreach (var rule in counts.Select(count => rules[count.Number]).OrderBy(rule => rule.Action != RetentionActions.Delete))
        {
            var decided = await ApplyAsync(rule, cancellationToken);
            (deleted, moved) = rule.Action == RetentionActions.Delete ? (deleted + decided, moved) : (deleted, moved + decided);
        }

        if (deleted + moved > 0)
        {
            Log.Swept(logger, deleted, moved);
            await ReportAsync(rules, await plan.CountAsync(rules, cancellationToken), cancellationToken);
        }
    }

    private async Task ReportAsync(IReadOnlyList<DueRule> rules, IReadOnlyList<DueCount> counts, CancellationToken cancellationToken)
    {
        var asked = await deletions.ExecuteAsync(cancellationToken);
        metrics.Report(
            [
                .. new[] { RetentionActions.Delete, RetentionActions.Archive, RetentionActions.Cool }
                    .Select(action => (Action: action, Of: counts.Where(count => rules[count.Number].Action == action).ToArray()))
                    .Select(of => new DueTotal(of.Action, of.Of.Sum(count => count.Recordings), of.Of.Sum(count => count.Bytes), of.Of.Sum(count => count.Held))),
            ],
            asked.Failed);
        if (options.Value.Mode == RetentionMode.DryRun)
        {
            foreach (var count in counts)
            {
                Log.WouldDo(logger, rules[count.Number].Action, count.Recordings - count.Held, count.Bytes, rules[count.Number].Reason);
            }
        }
    }

    /// <summary>How many it was decided for. A policy that was changed meanwhile holds from the next page on.</summary>
    private async Task<int> ApplyAsync(DueRule rule, CancellationToken cancellationToken)
    {
        var decided = 0;
        for (DueRecording? last = null; ;)
        {
            if (!(await plan.RulesAsync(cancellationToken)).Contains(rule))
            {
                return decided;
            }

            var page = await plan.PageAsync(rule, last, PageSize, cancellationToken);
            foreach (var recording in page)
            {
                decided += await DecideAsync(recording, rule, cancellationToken) ? 1 : 0;
            }

            if (page.Count < PageSize)
            {
                return decided;
            }

            last = page[^1];
        }
    }

    private async Task<bool> DecideAsync(DueRecording recording, DueRule rule, CancellationToken cancellationToken)
    {
        try
        {
            return rule.Action == RetentionActions.Delete
                ? (await delete.BecauseDueAsync(recording.CallId, recording.RecordingId, rule, cancellationToken)).Outcome == DeletionOutcome.Requested
                : await move.ExecuteAsync(recording, rule, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !(exception is NpgsqlException failed && CatalogDatabase.IsOutage(failed)))
        {
            // What is wrong with one recording must not keep all that come after it; while the server is away nothing can be decided.
            Log.NotDecided(logger, recording.RecordingId, recording.CallId, rule.Action, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5218, LogLevel.Error, "Recording {RecordingId} of call {CallId} is due ({Action}), and it could not be decided; the others are")]
        public static partial void NotDecided(ILogger logger, Guid recordingId, string callId, string action, Exception exception);

        [LoggerMessage(5215, LogLevel.Information, "By the policies {Deleted} recordings are to be deleted and {Moved} to lie in another tier")]
        public static partial void Swept(ILogger logger, int deleted, int moved);

        [LoggerMessage(5216, LogLevel.Information, "BURQI_RETENTION is dry-run: {Action} would be asked for {Recordings} recordings ({Bytes} bytes in all that are due). {Reason}")]
        public static partial void WouldDo(ILogger logger, string action, long recordings, long bytes, string reason);
    }
}
