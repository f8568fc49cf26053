using System.Collections.Concurrent;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Archiver.Tests.Support;

/// <summary>What went out over the bus, in order; and, while <see cref="Outage"/> is set, a broker that confirms no announcement.</summary>
internal sealed class PublishedMessages : IPublishObserver
{
    private readonly ConcurrentQueue<object> _messages = new();
    private int _refused;

    public bool Outage { get; set; }

    public int Refused => Volatile.Read(ref _refused);

    public IReadOnlyList<T> Of<T>() => [.. _messages.OfType<T>()];

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class
    {
        if (Outage && (context.Message is ProviderRecordingReady or RecordingArchiveStarted or RecordingArchived or RecordingArchiveFailed or ProviderRecordingDeleted))
        {
            Interlocked.Increment(ref _refused);
            throw new TimeoutException("The broker did not confirm.");
        }

        return Task.CompletedTask;
    }

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class
    {
        _messages.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
