using Microsoft.Extensions.Options;

namespace Burqi.Media.Spool;

/// <summary>Work that may block on the disk.</summary>
internal interface IDiskWork
{
    /// <summary>Does what is due. It handles its own failures.</summary>
    void Run();
}

/// <summary>
/// A few threads that may block on the disk so that the thread pool, which serves the sockets, never does: a hanging disk must not hang calls.
/// A thread with nothing to do sleeps at once: spinning first, as the framework's collections do, cost more than the work itself. One that
/// has just run out of work lets some gather before it looks again: waking a thread costs more than a write.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<IDiskWork> _work = [];
    private readonly ManualResetEvent _ending = new(initialState: false);
    private readonly TimeSpan _gathering;
    private readonly Thread[] _threads;
    private int _sleeping;
    private bool _ended;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="count">How many.</param>
    /// <param name="gathering">How long work may wait for a thread that could take it at once.</param>
    public DiskThreads(string name, int count, TimeSpan gathering = default)
    {
        _gathering = gathering;
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = name };

            // Without the context of whichever request came first: its trace and log scopes are not those of all others.
            _threads[i].UnsafeStart();
        }
    }

    public void Schedule(IDiskWork work)
    {
        lock (_gate)
        {
            if (_ended)
            {
                // The process is ending; what was not written is what a crash would have lost.
                return;
            }

            _work.Enqueue(work);
            if (_sleeping > 0)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }

        _ending.Set();
        var left = false;
        foreach (var thread in _threads)
        {
            // A thread that hangs in the disk is left behind: it is a background thread.
            left |= !thread.Join(TimeSpan.FromSeconds(5));
        }

        if (!left)
        {
            _ending.Dispose();
        }
    }

    private void Work()
    {
        while (true)
        {
            while (TryTake(wait: false) is { } work)
            {
                work.Run();
            }

            if (_gathering > TimeSpan.Zero)
            {
                _ending.WaitOne(_gathering);
            }

            if (TryTake(wait: true) is not { } next)
            {
                return;
            }

            next.Run();
        }
    }

    /// <summary>The next work; null when there is none, or none will come any more.</summary>
    private IDiskWork? TryTake(bool wait)
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                if (!wait || _ended)
                {
                    return null;
                }

                _sleeping++;
                Monitor.Wait(_gate);
                _sleeping--;
            }

            return _work.Dequeue();
        }
    }
}

/// <summary>
/// The disk's lanes: a long recording being finalized never keeps live audio waiting, nor does one being encoded, which takes far longer,
/// keep the others from being final.
/// </summary>
internal sealed class DiskLanes(IOptions<MediaOptions> options) : IDisposable
{
    /// <summary>How much later audio may reach its file for the sake of fewer wake-ups.</summary>
    private static readonly TimeSpan FlushGathering = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _ending = new();

    public DiskThreads Flushing { get; } = new("burqi-media-flush", 2, FlushGathering);

    public DiskThreads Finalizing { get; } = new("burqi-media-finalize", 2);

    /// <summary>Resampling and encoding: work for the processor rather than the disk.</summary>
    public DiskThreads Deriving { get; } = new("burqi-media-derive", options.Value.Mp3Workers);

    /// <summary>Cancelled when the process ends: what is then being derived is made anew by the next one.</summary>
    public CancellationToken Ending => _ending.Token;

    public void Dispose()
    {
        _ending.Cancel();
        Flushing.Dispose();
        Finalizing.Dispose();
        Deriving.Dispose();
        _ending.Dispose();
    }
}
