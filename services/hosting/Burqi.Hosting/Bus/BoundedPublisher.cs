using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Hosting.Bus;

/// <summary>
/// The house's <see cref="IPublishEndpoint"/>: returns when the broker has confirmed the message, and throws otherwise, at the
/// latest when the limit is over. The client itself may never return, not even when cancelled, once its broker died under it.
/// </summary>
internal sealed partial class BoundedPublisher(
    IBus bus,
    PublishGate gate,
    PublishLedger ledger,
    BusMetrics metrics,
    BusOptions options,
    TimeProvider time,
    ILogger<BoundedPublisher> logger) : IPublishEndpoint
{
    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => bus.ConnectPublishObserver(observer);

    public Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish(message, token), cancellationToken);

    public Task Publish<T>(T message, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish(message, publishPipe, token), cancellationToken);

    public Task Publish<T>(T message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish(message, publishPipe, token), cancellationToken);

    public Task Publish(object message, CancellationToken cancellationToken = default) =>
        PublishAsync(message.GetType(), token => bus.Publish(message, token), cancellationToken);

    public Task Publish(object message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) =>
        PublishAsync(message.GetType(), token => bus.Publish(message, publishPipe, token), cancellationToken);

    public Task Publish(object message, Type messageType, CancellationToken cancellationToken = default) =>
        PublishAsync(messageType, token => bus.Publish(message, messageType, token), cancellationToken);

    public Task Publish(object message, Type messageType, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) =>
        PublishAsync(messageType, token => bus.Publish(message, messageType, publishPipe, token), cancellationToken);

    public Task Publish<T>(object values, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish<T>(values, token), cancellationToken);

    public Task Publish<T>(object values, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish(values, publishPipe, token), cancellationToken);

    public Task Publish<T>(object values, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default)
        where T : class =>
        PublishAsync(typeof(T), token => bus.Publish<T>(values, publishPipe, token), cancellationToken);

    private async Task PublishAsync(Type messageType, Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var message = messageType.Name;
        var started = time.GetTimestamp();
        var giveUp = new CancellationTokenSource();

        // On the pool: not even a client that blocks before its first await keeps the caller past the limit.
        var publishing = Task.Run(
            async () =>
            {
                await gate.WaitAsync(messageType, giveUp.Token);
                await publish(giveUp.Token);
            },
            CancellationToken.None);

        var outcome = PublishOutcome.Failed;
        try
        {
            await publishing.WaitAsync(options.PublishTimeout, time, cancellationToken);
            outcome = PublishOutcome.Confirmed;
            ledger.Confirmed(message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = PublishOutcome.Cancelled;
            throw;
        }
        catch (TimeoutException exception) when (!publishing.IsFaulted)
        {
            outcome = PublishOutcome.TimedOut;
            ledger.Failed(message);
            throw new TimeoutException($"{message} was not confirmed by the bus within {options.PublishTimeout.TotalSeconds:0.#} s.", exception);
        }
        catch (Exception exception) when (exception is NoQueueException or MessageReturnedException)
        {
            outcome = PublishOutcome.WithoutQueue;
            throw;
        }
        catch (Exception exception) when (IsOfTransport(exception))
        {
            ledger.Failed(message);
            throw;
        }
        finally
        {
            var duration = time.GetElapsedTime(started);
            metrics.Published(message, outcome, duration);
            if (outcome != PublishOutcome.Confirmed)
            {
                Log.NotConfirmed(logger, message, outcome, duration.TotalMilliseconds);
            }

            LetGo(message, publishing, giveUp);
        }
    }

    // Cancelled on the pool: a callback of the client that blocks must not keep the caller either.
    private void LetGo(string message, Task publishing, CancellationTokenSource giveUp)
    {
        if (publishing.IsCompleted)
        {
            _ = publishing.Exception;
            giveUp.Dispose();
            return;
        }

        _ = EndAsync();

        async Task EndAsync()
        {
            await giveUp.CancelAsync();
            ledger.Abandon(message, publishing);
            await publishing.ContinueWith(
                static (_, state) => ((CancellationTokenSource)state!).Dispose(),
                giveUp,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    // What the message itself or its serializer is to blame for says nothing about the bus.
    private static bool IsOfTransport(Exception exception) => exception
        is TimeoutException
        or OperationCanceledException
        or ObjectDisposedException
        or IOException
        or ConnectionException
        or RabbitMQ.Client.Exceptions.RabbitMQClientException;

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Warning, "{Message} was not confirmed by the bus ({Outcome} after {ElapsedMs:0} ms): the sender keeps it")]
        public static partial void NotConfirmed(ILogger logger, string message, PublishOutcome outcome, double elapsedMs);
    }
}
