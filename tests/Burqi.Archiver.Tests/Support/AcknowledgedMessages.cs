using System.Collections.Concurrent;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Archiver.Tests.Support;

/// <summary>The recordings whose announcement the archiver has heard and acknowledged to the transport.</summary>
internal sealed class AcknowledgedMessages : IReceiveObserver
{
    private readonly ConcurrentDictionary<ReceiveContext, Guid> _consumed = new();
    private readonly ConcurrentDictionary<Guid, bool> _acknowledged = new();

    public bool Contains(Guid recordingId) => _acknowledged.ContainsKey(recordingId);

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        if (context.Message is RecordingCaptured message)
        {
            _consumed[context.ReceiveContext] = message.RecordingId;
        }

        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context)
    {
        if (_consumed.TryRemove(context, out var recordingId))
        {
            _acknowledged[recordingId] = true;
        }

        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
