using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Spool;

/// <summary>
/// Gets an event to the bus or, failing that, to disk, within a bounded time. While events wait in the spool the bus is not tried: a
/// caller does not wait for a broker that is known to be away, and what came first goes first.
/// </summary>
internal sealed partial class EventOutbox(
    IPublishEndpoint bus,
    EventSpool spool,
    IOptions<IngressOptions> options,
    TimeProvider time,
    IngressTelemetry telemetry,
    ILogger<EventOutbox> logger)
{
    /// <summary>Publishes or keeps <paramref name="message"/>; each of the two may take as long as <paramref name="deadline"/>. Never throws.</summary>
    public async Task<Delivery> SendAsync(object message, TimeSpan deadline)
    {
        // Not the request's token: a provider that hangs up early has told us all the same.
        var type = message.GetType();
        var spooled = SpooledEvent.From(message, Activity.Current?.Id);
        if (spool.PendingCount > 0)
        {
            return await TryAsync(() => spool.Append(spooled), type.Name, deadline) ? Delivery.Spooled
                : await TryPublishAsync(message, type, deadline) ? Delivery.Confirmed
                : Lost(type.Name);
        }

        SpoolFile? journalled = null;
        if (options.Value.JournalEveryEvent)
        {
            await TryAsync(() => journalled = spool.Journal(spooled), type.Name, deadline);
        }

        if (await TryPublishAsync(message, type, deadline))
        {
            return Delivery.Confirmed;
        }

        return await TryAsync(() => Keep(spooled, journalled), type.Name, deadline) ? Delivery.Spooled : Lost(type.Name);
    }

    /// <summary>Publishes within <paramref name="deadline"/>. False, logged, where the bus does not confirm.</summary>
    public async Task<bool> TryPublishAsync(object message, Type type, TimeSpan deadline)
    {
        var started = time.GetTimestamp();
        try
        {
            using var cancellation = new CancellationTokenSource(deadline, time);
            await bus.Publish(message, type, cancellation.Token);
            telemetry.Published(time.GetElapsedTime(started), confirmed: true);
            return true;
        }
        catch (Exception exception)
        {
            telemetry.Published(time.GetElapsedTime(started), confirmed: false);
            Log.NotConfirmed(logger, exception, type.Name);
            return false;
        }
    }

    private void Keep(SpooledEvent spooled, SpoolFile? journalled)
    {
        if (journalled is null)
        {
            spool.Append(spooled);
        }
        else
        {
            spool.Return(journalled, spooled.Type);
        }
    }

    private async Task<bool> TryAsync(Action write, string type, TimeSpan deadline)
    {
        try
        {
            // Aside, since a disk may stall in fsync for longer than a caller can wait.
            await Task.Run(write).WaitAsync(deadline, time);
            return true;
        }
        catch (Exception exception)
        {
            Log.NotKept(logger, exception, type);
            return false;
        }
    }

    private Delivery Lost(string type)
    {
        Log.Lost(logger, type);
        return Delivery.Lost;
    }
}
