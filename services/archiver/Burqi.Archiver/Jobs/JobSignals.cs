using System.Threading.Channels;

namespace Burqi.Archiver.Jobs;

/// <summary>Tells this process's own loops that the table has something for them; what other replicas write is found by asking.</summary>
internal sealed class JobSignals
{
    public JobSignal Work { get; } = new();

    public JobSignal Announcements { get; } = new();
}

/// <summary>A bell: rung any number of times before somebody listens, it is heard once.</summary>
internal sealed class JobSignal
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Returns when it rings, or after <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        try
        {
            await _bell.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody rang: the caller looks by itself.
        }
    }
}
