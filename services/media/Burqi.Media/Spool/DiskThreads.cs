using System.Collections.Concurrent;

namespace Burqi.Media.Spool;

/// <summary>Work that may block on the disk.</summary>
internal interface IDiskWork
{
    /// <summary>Does what is due. It handles its own failures.</summary>
    void Run();
}

/// <summary>
/// A few threads that may block on the disk so that the thread pool, which serves the sockets, never does: a hanging disk must not hang calls.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly BlockingCollection<IDiskWork> _work = [];
    private readonly Thread[] _threads;

    public DiskThreads(string name, int count)
    {
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
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // The process is ending; what was not written is what a crash would have lost.
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (var thread in _threads)
        {
            // A thread that hangs in the disk is left behind: it is a background thread.
            thread.Join(TimeSpan.FromSeconds(5));
        }
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work.Run();
        }
    }
}

/// <summary>The disk's two lanes: a long recording being finalized never keeps live audio waiting.</summary>
internal sealed class DiskLanes : IDisposable
{
    public DiskThreads Flushing { get; } = new("burqi-media-flush", 2);

    public DiskThreads Finalizing { get; } = new("burqi-media-finalize", 2);

    public void Dispose()
    {
        Flushing.Dispose();
        Finalizing.Dispose();
    }
}
