using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Streams;

/// <summary>
/// The sockets that are open: how many may be, which have been silent for too long, and what becomes of them when the process is told to
/// stop. One timer looks after all of them, so that a frame need not wind up one of its own.
/// </summary>
internal sealed partial class MediaStreams(
    IOptions<MediaOptions> options,
    IHostApplicationLifetime lifetime,
    HeapTrim heap,
    TimeProvider time,
    ILogger<MediaStreams> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<MediaStreamSession, bool> _open = new();
    private int _count;
    private long _drainingSince;

    public bool IsDraining => Volatile.Read(ref _drainingSince) != 0;

    /// <summary>How many sockets are open.</summary>
    public int Count => _open.Count;

    /// <summary>Takes one of the places; false when all are taken or the process is stopping.</summary>
    public bool TryEnter()
    {
        if (IsDraining)
        {
            return false;
        }

        if (Interlocked.Increment(ref _count) > options.Value.MaxStreams)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        return true;
    }

    public void Leave() => Interlocked.Decrement(ref _count);

    public void Add(MediaStreamSession session)
    {
        _open.TryAdd(session, true);
        heap.Note();
    }

    public void Remove(MediaStreamSession session)
    {
        _open.TryRemove(session, out _);
        heap.Note();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            Volatile.Write(ref _drainingSince, time.GetTimestamp() | 1);
            Log.Draining(logger, _open.Count, options.Value.DrainGrace);
        });
        return base.StartAsync(cancellationToken);
    }

    /// <summary>The web server stops first and waits for its connections; this goes on until it has.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var streams = 0;
            var relayed = 0;
            var graceIsOver = IsDraining && time.GetElapsedTime(Volatile.Read(ref _drainingSince)) >= options.Value.DrainGrace;
            foreach (var (session, _) in _open)
            {
                streams++;
                relayed += session.IsRelayed ? 1 : 0;
                if (graceIsOver)
                {
                    session.End(MediaStreamEnding.Draining);
                }
                else if (session.SilentFor() >= (session.HasStarted ? session.IdleTimeout : options.Value.StartTimeout))
                {
                    session.End(session.HasStarted ? MediaStreamEnding.Idle : MediaStreamEnding.NoStart);
                }
            }

            heap.TrimWhenSettled(streams, relayed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Stopping: {Streams} streams are live and have {Grace} to end")]
        public static partial void Draining(ILogger logger, int streams, TimeSpan grace);
    }
}
