using System.Net.Security;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Burqi.Hosting.Bus;

/// <summary>
/// Looks at RabbitMQ over a connection that is opened for the look and closed after it: does the broker confirm a publish, and
/// do our queues have consumers? Every step is bounded from outside, because the client is the very thing under suspicion.
/// </summary>
internal sealed class RabbitMqProbe(RabbitMqAddress address, BusOptions options, ConsumerQueues queues, string connectionName, TimeProvider time)
    : IBrokerProbe
{
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(5);

    public async Task<BrokerReport> LookAsync(CancellationToken cancellationToken)
    {
        IConnection? connection = null;
        try
        {
            connection = await Bounded(Factory().CreateConnectionAsync(cancellationToken), cancellationToken);
            await ConfirmOnePublishAsync(connection, cancellationToken);

            var unattended = new List<string>();
            var unanswering = new List<string>();
            foreach (var queue in queues.Names)
            {
                switch (await AskAsync(connection, queue, cancellationToken))
                {
                    case QueueAnswer.Missing or QueueAnswer.WithoutConsumer:
                        unattended.Add(queue);
                        break;
                    case QueueAnswer.None:
                        unanswering.Add(queue);
                        break;
                }
            }

            var missing = new List<string>();
            foreach (var queue in options.Queues)
            {
                if (await AskAsync(connection, queue, cancellationToken) is QueueAnswer.Missing)
                {
                    missing.Add(queue);
                }
            }

            return new BrokerReport(time.GetUtcNow(), Unreachable: null, unattended, unanswering, missing);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            return BrokerReport.OutOfReach(time.GetUtcNow(), $"RabbitMQ at {address} does not answer: {Reason(exception)}");
        }
        finally
        {
            if (connection is not null)
            {
                _ = CloseAsync(connection);
            }
        }
    }

    // A broker that has run out of memory or disk still accepts connections but confirms nothing: starting over would not help then.
    // The message goes to the default exchange under a name that no queue has, and is confirmed and dropped.
    private static async Task ConfirmOnePublishAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var confirming = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        var channel = await Bounded(connection.CreateChannelAsync(confirming, cancellationToken), cancellationToken);
        await Bounded(
            channel.BasicPublishAsync("", "burqi-probe-without-queue", mandatory: false, new BasicProperties(), ReadOnlyMemory<byte>.Empty, cancellationToken).AsTask(),
            cancellationToken);
    }

    private static async Task<QueueAnswer> AskAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        try
        {
            // A queue that is not there closes the channel it was asked on: each question has its own.
            var channel = await Bounded(connection.CreateChannelAsync(cancellationToken: cancellationToken), cancellationToken);
            var answer = await Bounded(channel.QueueDeclarePassiveAsync(queue, cancellationToken), cancellationToken);
            return answer.ConsumerCount == 0 ? QueueAnswer.WithoutConsumer : QueueAnswer.Attended;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            // A quorum queue that exists but has lost its leader is answered with 404 as well; the text tells them apart.
            return exception.ShutdownReason.ReplyText.Contains("no queue", StringComparison.Ordinal) ? QueueAnswer.Missing : QueueAnswer.None;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationInterruptedException && connection.IsOpen)
        {
            return QueueAnswer.None;
        }
    }

    private static Task<T> Bounded<T>(Task<T> step, CancellationToken cancellationToken) => step.WaitAsync(StepLimit, cancellationToken);

    private static Task Bounded(Task step, CancellationToken cancellationToken) => step.WaitAsync(StepLimit, cancellationToken);

    // Not awaited: closing may hang like everything else, and the look is over.
    private static async Task CloseAsync(IConnection connection)
    {
        await connection
            .CloseAsync(Constants.ReplySuccess, "looked", StepLimit, abort: true, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string Reason(Exception exception) => exception switch
    {
        TimeoutException => $"no answer within {StepLimit.TotalSeconds:0} s",
        BrokerUnreachableException { InnerException: { } inner } => Reason(inner),
        AggregateException { InnerException: { } inner } => Reason(inner),
        _ => exception.Message,
    };

    private ConnectionFactory Factory() => new()
    {
        HostName = address.Host,
        Port = address.Port,
        VirtualHost = address.VirtualHost,
        UserName = address.User,
        Password = address.Password,
        ClientProvidedName = connectionName,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedConnectionTimeout = StepLimit,
        ContinuationTimeout = StepLimit,
        HandshakeContinuationTimeout = StepLimit,
        Ssl = new SslOption { Enabled = address.Tls, ServerName = address.Host, AcceptablePolicyErrors = SslPolicyErrors.None },
    };

    private enum QueueAnswer
    {
        Attended,
        WithoutConsumer,
        Missing,
        None,
    }
}
