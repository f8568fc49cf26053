using System.Collections.Concurrent;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Operations;
using MassTransit;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>Stands in for the bus at the one door the product publishes through: keeps what it confirmed, and fails when told to.</summary>
internal sealed class PublishedMessages : IPublishEndpoint
{
    private readonly ConcurrentQueue<object> _confirmed = new();
    private readonly ConcurrentQueue<MediaNodeReported> _reports = new();
    private int _attempts;

    public volatile bool Fails;

    /// <summary>How the node said it stands; apart from all others, since it comes by the clock and whatever the test is about.</summary>
    public MediaNodeReported[] Reports => [.. _reports];

    public int Attempts => Volatile.Read(ref _attempts);

    public IReadOnlyCollection<object> Confirmed => _confirmed;

    public T[] Of<T>() => [.. _confirmed.OfType<T>()];

    public T[] Of<T>(Func<T, bool> which) => [.. _confirmed.OfType<T>().Where(which)];

    public Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class
    {
        if (message is AssistantsWanted)
        {
            return Task.CompletedTask; // asked by every process at its start, whatever the test is about
        }

        Interlocked.Increment(ref _attempts);
        if (Fails)
        {
            return Task.FromException(new TimeoutException("The bus is away."));
        }

        _confirmed.Enqueue(message);
        return Task.CompletedTask;
    }

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => throw new NotSupportedException();

    public Task Publish<T>(T message, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default)
        where T : class
    {
        if (message is not MediaNodeReported report)
        {
            throw new NotSupportedException();
        }

        _reports.Enqueue(report);
        return Task.CompletedTask;
    }

    public Task Publish<T>(T message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default)
        where T : class => throw new NotSupportedException();

    public Task Publish(object message, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object message, Type messageType, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object message, Type messageType, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task Publish<T>(object values, CancellationToken cancellationToken = default)
        where T : class => throw new NotSupportedException();

    public Task Publish<T>(object values, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default)
        where T : class => throw new NotSupportedException();

    public Task Publish<T>(object values, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default)
        where T : class => throw new NotSupportedException();
}
