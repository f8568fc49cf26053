using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores.Fallback;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Queues;

/// <summary>
/// Chooses what is done next: the more urgent step before the less urgent one, within a step each queue in its turn, within a queue each call. A
/// queue whose destination is busy or left alone is passed over. One worker loop asks at a time.
/// </summary>
internal sealed class JobQueues(
    DueQueuesQuery due, ClaimJobCommand claim, Destinations destinations, StoreChoice stores, IEnumerable<IJobStep> steps, IOptions<ArchiverOptions> options)
{
    // Media nodes come and go; the turns in queues that are empty need not be remembered.
    private const int MostTurns = 1000;

    private readonly string[] _steps = [.. JobSteps.InOrder.Where(step => JobSteps.Transfers(step) || steps.Any(known => known.Step == step))];
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";
    private readonly Dictionary<JobQueue, string> _lastCalls = [];
    private readonly Dictionary<string, string> _lastDestinations = new(StringComparer.Ordinal);
    private int _waveforms;

    /// <summary>Takes the next job on lease; null when there is nothing that may be done now.</summary>
    public async Task<TakenJob?> TakeAsync(CancellationToken cancellationToken)
    {
        var queues = await due.ExecuteAsync(_steps, cancellationToken);
        foreach (var queue in InTurn(queues))
        {
            var needed = DependsOn(queue);
            if ((queue.Step != JobSteps.Waveform || Volatile.Read(ref _waveforms) == 0)
                && destinations.MayVisit(needed)
                && await claim.ExecuteAsync(queue, _lastCalls.GetValueOrDefault(queue, ""), _owner, options.Value.LeaseDuration, cancellationToken) is { } job)
            {
                Remember(queue, job.CallId, queues);
                Count(job, 1);

                // An outline takes nobody's place at the store, and what it finds there says nothing about what is brought there.
                return new TakenJob(job, queue.Step == JobSteps.Waveform ? [] : destinations.Begin(needed));
            }
        }

        return null;
    }

    /// <summary>The job that was taken has ended.</summary>
    public void Release(TakenJob taken, JobEnd end)
    {
        destinations.End(taken.Visits, end);
        Count(taken.Job, -1);
    }

    /// <summary>Outlines are drawn one at a time: the processor and the stores are there for the recordings.</summary>
    private void Count(ArchiveJob job, int change)
    {
        if (job.Step == JobSteps.Waveform)
        {
            Interlocked.Add(ref _waveforms, change);
        }
    }

    private IEnumerable<JobQueue> InTurn(IEnumerable<JobQueue> queues) => queues
        .OrderBy(queue => Array.IndexOf(_steps, queue.Step))
        .ThenBy(queue => string.CompareOrdinal(queue.Destination, _lastDestinations.GetValueOrDefault(queue.Step)) <= 0)
        .ThenBy(queue => queue.Destination, StringComparer.Ordinal);

    /// <summary>A transfer needs the store that recordings go to now as well; which stores another step needs, its destination says.</summary>
    private string[] DependsOn(JobQueue queue) =>
        JobSteps.Transfers(queue.Step) ? [queue.Destination, Destinations.OfStore(stores.ForNew.Name)] : [queue.Destination];

    private void Remember(JobQueue queue, string callId, IReadOnlyList<JobQueue> queues)
    {
        _lastDestinations[queue.Step] = queue.Destination;
        _lastCalls[queue] = callId;
        if (_lastCalls.Count > MostTurns + queues.Count)
        {
            foreach (var empty in _lastCalls.Keys.Except(queues).ToList())
            {
                _lastCalls.Remove(empty);
            }
        }
    }
}
