using System.Threading.Channels;
using MassTransit;

namespace Burqi.Assistants;

/// <summary>Rings when consumers of this process were attached to their queues; rung any number of times before it is listened to, it is heard once.</summary>
internal sealed class AssistantsBell : IReceiveEndpointObserver
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _rung.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken) => await _rung.Reader.ReadAsync(cancellationToken);

    public Task Ready(ReceiveEndpointReady ready)
    {
        Ring();
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
}
