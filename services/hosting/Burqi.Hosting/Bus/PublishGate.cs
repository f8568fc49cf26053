namespace Burqi.Hosting.Bus;

/// <summary>
/// Holds a publish back until the queues that must receive it exist. RabbitMQ drops a message for which no queue is bound, and a
/// publisher learns of it only where not one queue took it.
/// </summary>
internal sealed class PublishGate(BusState state, BusOptions options, ConsumerQueues queues, LookRequests looks)
{
    public async Task WaitAsync(Type messageType, CancellationToken cancellationToken)
    {
        if (options.RabbitMq is null)
        {
            return;
        }

        // Our own consumers may be among the receivers: their queues are declared when they attach for the first time.
        while (queues.Any && !state.AttendedOnce)
        {
            await NewsAsync(cancellationToken);
        }

        var required = options.QueuesFor(messageType);
        if (required.Count == 0)
        {
            return;
        }

        while (!state.HasSeen(required))
        {
            if (state.Report is { Unreachable: null } report && required.Where(report.Missing.Contains).ToArray() is { Length: > 0 } missing)
            {
                looks.Ask();
                throw new NoQueueException(
                    $"{messageType.Name} was not published: the queue {string.Join(", ", missing)} does not exist yet, so its service would never see it.");
            }

            await NewsAsync(cancellationToken);
        }
    }

    private async Task NewsAsync(CancellationToken cancellationToken)
    {
        var next = state.NextLook;
        looks.Ask();
        await next.WaitAsync(cancellationToken);
    }
}
