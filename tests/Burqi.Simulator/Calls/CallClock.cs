using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Calls;

/// <summary>A call's clock: it moves by one frame at a time, as fast as the simulation's speed allows.</summary>
internal sealed class CallClock(TimeProvider time, double speed)
{
    // How many frames an unpaced call may take before it lets others run.
    private const int FramesPerTurn = 64;

    private long origin = time.GetTimestamp();
    private long originFrame;

    /// <summary>Frames since the call began.</summary>
    public long Frame { get; private set; }

    /// <summary>Since the call began, in call time.</summary>
    public TimeSpan Now => Frame * AudioFrame.Duration;

    /// <summary>Moves on by a frame, once its time has come.</summary>
    public async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        if (double.IsPositiveInfinity(speed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Frame % FramesPerTurn == 0)
            {
                await Task.Yield();
            }
        }
        else
        {
            // Against the origin, not the last frame: what one wait oversleeps, the next makes up for.
            var due = (Frame + 1 - originFrame) * AudioFrame.Duration / speed;
            var wait = due - time.GetElapsedTime(origin);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }

        Frame++;
    }

    /// <summary>Goes on from here: what held the call up (a webhook, an opening socket) is not made up for in a burst.</summary>
    public void Resume()
    {
        origin = time.GetTimestamp();
        originFrame = Frame;
    }
}
