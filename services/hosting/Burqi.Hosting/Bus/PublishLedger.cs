using System.Collections.Concurrent;

namespace Burqi.Hosting.Bus;

/// <summary>
/// How publishing goes, by message type. Each type has its own channel within the client, so one may hang while others pass.
/// </summary>
internal sealed class PublishLedger(LookRequests looks, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>How many publishes were given up by us and have still not returned.</summary>
    public int Hanging => entries.Values.Sum(entry => entry.Hanging);

    public void Confirmed(string message)
    {
        if (entries.TryGetValue(message, out var entry))
        {
            entry.Confirm();
        }
    }

    /// <summary>Notes a publish that the broker did not confirm in time, or that the connection failed.</summary>
    public void Failed(string message)
    {
        EntryOf(message).Fail(time.GetUtcNow());
        looks.Ask();
    }

    /// <summary>Notes a publish that was given up but is still under way, until it returns.</summary>
    public void Abandon(string message, Task publishing)
    {
        var entry = EntryOf(message);
        entry.Abandon(time.GetUtcNow());
        looks.Ask();
        _ = publishing.ContinueWith(
            (finished, state) =>
            {
                _ = finished.Exception;
                ((Entry)state!).Return();
            },
            entry,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>
    /// The message types that are not getting through: the last publish failed, and none was confirmed since the first failure.
    /// </summary>
    public IReadOnlyList<StuckPublishes> Stuck() =>
        [.. entries
            .Select(pair => pair.Value.Stuck(pair.Key))
            .OfType<StuckPublishes>()];

    private Entry EntryOf(string message) => entries.GetOrAdd(message, _ => new Entry());

    private sealed class Entry
    {
        private readonly Lock gate = new();
        private DateTimeOffset? failingSince;
        private DateTimeOffset lastFailure;
        private int failures;
        private int hanging;

        public int Hanging
        {
            get
            {
                lock (gate)
                {
                    return hanging;
                }
            }
        }

        public void Confirm()
        {
            lock (gate)
            {
                failingSince = null;
                failures = 0;
            }
        }

        public void Fail(DateTimeOffset now)
        {
            lock (gate)
            {
                failingSince ??= now;
                lastFailure = now;
                failures++;
            }
        }

        public void Abandon(DateTimeOffset now)
        {
            lock (gate)
            {
                failingSince ??= now;
                lastFailure = now;
                hanging++;
            }
        }

        public void Return()
        {
            lock (gate)
            {
                hanging--;

                // It ended after all and nobody has failed since: the transport let go of it.
                if (hanging == 0 && failures == 0)
                {
                    failingSince = null;
                }
            }
        }

        public StuckPublishes? Stuck(string message)
        {
            lock (gate)
            {
                return failingSince is { } since ? new StuckPublishes(message, since, lastFailure, failures, hanging) : null;
            }
        }
    }
}
