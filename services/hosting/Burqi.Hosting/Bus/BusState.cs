namespace Burqi.Hosting.Bus;

/// <summary>What is known of the bus right now: the last look at the broker and how publishing goes. Health answers from it.</summary>
internal sealed class BusState(PublishLedger ledger, BusOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> missing = new(options.Queues, StringComparer.Ordinal);
    private BrokerReport? lastReport;
    private DateTimeOffset? inReachSince;
    private DateTimeOffset? withoutConsumerSince;
    private TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? stuckReason;
    private volatile bool attendedOnce;

    /// <summary>The last look; null before the first.</summary>
    public BrokerReport? Report
    {
        get
        {
            lock (gate)
            {
                return lastReport;
            }
        }
    }

    /// <summary>Why the process is about to end itself; null: it is not stuck.</summary>
    public string? Stuck => stuckReason;

    /// <summary>Our consumers were attached at least once: their queues and bindings exist.</summary>
    public bool AttendedOnce => attendedOnce;

    /// <summary>Completes when the broker was looked at the next time.</summary>
    public Task NextLook
    {
        get
        {
            lock (gate)
            {
                return looked.Task;
            }
        }
    }

    /// <summary>These queues of other services were there when the broker was last in reach.</summary>
    public bool HasSeen(IReadOnlyList<string> queues)
    {
        lock (gate)
        {
            return !missing.Overlaps(queues);
        }
    }

    public void Note(BrokerReport report)
    {
        TaskCompletionSource finished;
        lock (gate)
        {
            lastReport = report;
            if (report.Unreachable is not null)
            {
                inReachSince = null;
                withoutConsumerSince = null;
            }
            else
            {
                inReachSince ??= report.At;
                withoutConsumerSince = report.Unattended.Count == 0 ? null : withoutConsumerSince ?? report.At;
                missing.Clear();
                missing.UnionWith(report.Missing);
                attendedOnce |= report.Unattended.Count == 0 && report.Unanswering.Count == 0;
            }

            finished = looked;
            looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        finished.SetResult();
    }

    /// <summary>Why nothing more may be expected of this process's bus; null while it works or may still recover.</summary>
    public string? FindStuck()
    {
        DateTimeOffset reachableSince;
        DateTimeOffset? unattendedBefore;
        IReadOnlyList<string> unattended;
        lock (gate)
        {
            if (inReachSince is not { } since)
            {
                return null;
            }

            reachableSince = since;
            unattendedBefore = withoutConsumerSince;
            unattended = lastReport?.Unattended ?? [];
        }

        var now = time.GetUtcNow();
        if (unattendedBefore is { } unattendedFrom && now - unattendedFrom >= options.Patience)
        {
            return $"no consumer of ours has been attached to {string.Join(", ", unattended)} for {(now - unattendedFrom).TotalSeconds:0} s, while the broker answers";
        }

        foreach (var stuck in ledger.Stuck())
        {
            var from = Later(stuck.Since, reachableSince);
            if (stuck.Hanging > 0 && now - from >= options.Patience)
            {
                return $"{stuck.Hanging} publish(es) of {stuck.Message} have not returned for {(now - from).TotalSeconds:0} s, while the broker answers";
            }

            if (stuck.LastFailure - from >= options.Patience)
            {
                return $"no publish of {stuck.Message} was confirmed for {(now - from).TotalSeconds:0} s ({stuck.Failures} failed), while the broker answers";
            }
        }

        return null;
    }

    /// <summary>Why publishing does not work right now; null: it does, or nothing speaks against it.</summary>
    public string? PublishTrouble()
    {
        var now = time.GetUtcNow();
        DateTimeOffset? reachableSince;
        lock (gate)
        {
            reachableSince = inReachSince;
        }

        // A failure from before the broker came back says nothing about now, and one nobody repeated is forgotten: else a process that
        // gets no work because it is not ready would never become ready.
        var troubles = ledger.Stuck().Where(stuck =>
            stuck.Hanging > 0
            || (stuck.LastFailure >= (reachableSince ?? DateTimeOffset.MinValue) && now - stuck.LastFailure < options.Patience));
        var reasons = troubles.Select(stuck =>
            $"{stuck.Message}: {stuck.Failures} publish(es) not confirmed, {stuck.Hanging} not returned, since {stuck.Since:O}").ToArray();
        return reasons.Length == 0 ? null : string.Join("; ", reasons);
    }

    public void DeclareStuck(string reason) => stuckReason = reason;

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
