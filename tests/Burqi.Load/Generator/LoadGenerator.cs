using System.Diagnostics;

namespace Burqi.Load.Generator;

/// <summary>
/// Many two-track calls in real time: each sends a frame of either track every 20 ms, and the calls are spread over the 20 ms. One thread does
/// it all, since the cores are also those of the server under load.
/// </summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private const int SlotsPerFrame = 10;

    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(20.0 / SlotsPerFrame);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromMinutes(3);

    private readonly CallSocket[] calls;
    private readonly Thread thread;
    private readonly ManualResetEventSlim pause = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;
    private long refused;
    private long worstLatenessMs;

    private LoadGenerator(CallSocket[] calls)
    {
        this.calls = calls;
        thread = new Thread(Run) { IsBackground = true, Name = "load" };
    }

    public IReadOnlyList<CallSocket> Calls => calls;

    /// <summary>Frames sent so far, on all tracks of all calls.</summary>
    public long FramesSent => calls.Sum(call => call.FramesSent);

    /// <summary>Times that a server was so far behind that a write had to wait for the next turn.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>How far behind its own clock the generator was at the worst, in ms.</summary>
    public long WorstLatenessMs => Interlocked.Read(ref worstLatenessMs);

    /// <summary>Opens the calls and lets them speak.</summary>
    public static Task<LoadGenerator> StartAsync(Uri address, int count)
    {
        var run = CallSocket.NewRun();
        return StartAsync(address, [.. Enumerable.Range(0, count).Select(number => new CallSocket(number, run))]);
    }

    /// <summary>Opens these calls, with these <c>customParameters</c>, and lets them speak.</summary>
    public static async Task<LoadGenerator> StartAsync(Uri address, CallSocket[] opened, string parameters = "")
    {
        foreach (var batch in opened.Chunk(50))
        {
            await Task.WhenAll(batch.Select(call => call.OpenAsync(address, parameters)));
        }

        foreach (var call in opened)
        {
            call.DoNotWait();
        }

        var generator = new LoadGenerator(opened);
        generator.thread.Start();
        return generator;
    }

    /// <summary>Lets no further frame go out; what was sent stands.</summary>
    public async Task StopAsync()
    {
        stopping = true;
        await ended.Task;
    }

    /// <summary>Ends every call and waits until the server has.</summary>
    public async Task FinishAsync()
    {
        await StopAsync();
        foreach (var call in calls)
        {
            call.Finish();
        }

        await Task.WhenAll(calls.Select(call => call.WhenClosedAsync())).WaitAsync(CloseLimit);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var call in calls)
        {
            call.Dispose();
        }

        pause.Dispose();
    }

    private void Run()
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            for (long slot = 0; !stopping; slot++)
            {
                var ahead = slot * Slot - Stopwatch.GetElapsedTime(started);
                if (ahead >= TimeSpan.FromMilliseconds(1))
                {
                    pause.Wait(ahead);
                }
                else if (-ahead.TotalMilliseconds > worstLatenessMs)
                {
                    Interlocked.Exchange(ref worstLatenessMs, (long)-ahead.TotalMilliseconds);
                }

                for (var i = (int)(slot % SlotsPerFrame); i < calls.Length; i += SlotsPerFrame)
                {
                    // A call whose server lags catches up: its frames are late, as on a bad line, and none is lost.
                    var due = slot / SlotsPerFrame + 1 - calls[i].Frames;
                    for (; due > 0; due--)
                    {
                        if (!calls[i].Send())
                        {
                            Interlocked.Increment(ref refused);
                            break;
                        }
                    }
                }
            }

            ended.SetResult();
        }
        catch (Exception failure)
        {
            ended.SetException(failure);
        }
    }
}
