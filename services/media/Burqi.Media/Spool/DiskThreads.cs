using System.Collections.Concurrent;
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

/// <summary>
/// The disk's lanes: a long recording being finalized never keeps live audio waiting, nor does one being encoded, which takes far longer,
/// keep the others from being final.
/// </summary>
internal sealed class DiskLanes(IOptions<MediaOptions> options) : IDisposable
{
    private readonly CancellationTokenSource _ending = new();

    public DiskThreads Flushing { get; } = new("burqi-media-flush", 2);

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
