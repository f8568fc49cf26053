using System.Threading.Channels;

namespace Burqi.Media.Control;

/// <summary>Tells the announcer that there may be an answer to tell; rung any number of times before it is listened to, it is heard once.</summary>
internal sealed class ControlBell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _rung.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken) => await _rung.Reader.ReadAsync(cancellationToken);
}
