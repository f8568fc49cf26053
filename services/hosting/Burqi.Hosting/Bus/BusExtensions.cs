using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Burqi.Hosting.Bus;

/// <summary>Registers the buses, the bounded publisher and the watchdog.</summary>
internal static class BusExtensions
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Longer than a broker takes to come back, so that what was published meanwhile is still there.
    private static readonly TimeSpan AbandonedQueueLife = TimeSpan.FromMinutes(15);

    // Longer than a machine stays away that is meant to come back; what it missed gathers meanwhile on the broker's disk.
    private static readonly TimeSpan AbandonedNodeQueueLife = TimeSpan.FromDays(7);

    // Under a minute in all, because the message is held in memory meanwhile; after that it lies in the error queue.
    private static readonly TimeSpan[] RetryIntervals =
        [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(15)];

    public static IServiceCollection AddBus(
        this IServiceCollection services,
        string serviceName,
        BusOptions options,
        Action<IBusRegistrationConfigurator> addConsumers)
    {
        var queues = new ConsumerQueues();
        services.AddSingleton(options);
        services.AddSingleton(queues);
        services.AddSingleton<LookRequests>();
        services.AddSingleton<PublishLedger>();
        services.AddSingleton<BusState>();
        services.AddSingleton<BusMetrics>();
        services.AddSingleton<PublishGate>();

        // With a broker, the process starts without waiting for it: webhooks must be taken while it is away. The gate keeps the first
        // publish back until the consumers' queues are declared; in memory the start itself waits for that.
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = options.RabbitMq is null;
            host.StopTimeout = StopLimit;
            host.ConsumerStopTimeout = StopLimit;
        });

        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(health => ApartFrom(health, "masstransit-consumers"));
            addConsumers(bus);
            bus.AddConfigureEndpointsCallback((_, queue, endpoint) => ConfigureEndpoint(queues, queue, endpoint));
            if (options.RabbitMq is { } broker)
            {
                bus.UsingRabbitMq((context, transport) =>
                {
                    Connect(transport, broker, $"burqi-{serviceName} consumers");
                    transport.ConfigureEndpoints(context);
                    AddPresenceQueue(transport, queues, serviceName);
                });
            }
            else
            {
                bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
            }
        });

        if (options.RabbitMq is { } publishBroker)
        {
            services.AddMassTransit<IPublishBus>(bus =>
            {
                bus.DisableUsageTelemetry();
                bus.ConfigureHealthCheckOptions(health => ApartFrom(health, "masstransit-publisher"));
                bus.UsingRabbitMq((_, transport) =>
                {
                    Connect(transport, publishBroker, $"burqi-{serviceName} publisher");

                    // The broker hands back what no queue took, and the publish fails instead of vanishing.
                    transport.ConfigurePublish(pipe => pipe.UseExecute(context =>
                    {
                        if (context.TryGetPayload<RabbitMqSendContext>(out var send))
                        {
                            send.Mandatory = true;
                        }
                    }));
                });
            });
            services.AddSingleton<IBrokerProbe>(provider => new RabbitMqProbe(
                publishBroker,
                options,
                queues,
                $"burqi-{serviceName} probe",
                provider.GetRequiredService<TimeProvider>()));
        }
        else
        {
            services.AddSingleton<IBrokerProbe, MemoryBrokerProbe>();
        }

        // MassTransit's own registration publishes over the consumers' bus and without a limit.
        services.RemoveAll<IPublishEndpoint>();
        services.AddSingleton<IPublishEndpoint>(provider => new BoundedPublisher(
            options.RabbitMq is null ? provider.GetRequiredService<IBus>() : provider.GetRequiredService<IPublishBus>(),
            provider.GetRequiredService<PublishGate>(),
            provider.GetRequiredService<PublishLedger>(),
            provider.GetRequiredService<BusMetrics>(),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BoundedPublisher>>()));

        services.AddHostedService<BusWatchdog>();
        return services;
    }

    // Kept out of live and ready: our own checks ask the broker.
    private static void ApartFrom(IHealthCheckOptionsConfigurator health, string name)
    {
        health.Name = name;
        health.Tags.Clear();
        health.Tags.Add("masstransit");
    }

    private static void ConfigureEndpoint(ConsumerQueues queues, string queue, IReceiveEndpointConfigurator endpoint)
    {
        endpoint.PublishFaults = false;
        endpoint.UseMessageRetry(retry => retry.Intervals(RetryIntervals));
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            // The error queue takes over its queue's arguments and so becomes one of the same kind.
            if (IsOfThisProcessAlone(queue))
            {
                // Not a quorum queue: one that is a few seconds old when its broker is killed takes nothing any more, and everything
                // published to it, and to the queues beside it, would stay unconfirmed. What it holds can be asked for again.
                rabbitMq.QueueExpiration = IsOfOneNode(queue) ? AbandonedNodeQueueLife : AbandonedQueueLife;
            }
            else if (!IsOfRequests(queue))
            {
                rabbitMq.SetQuorumQueue();
            }

            queues.Add(queue);
        }
    }

    // A service names a queue that only one process will ever read from with a point before the part that is the process's own. Nobody comes
    // back to it under that name, so the broker removes it, and its error queue, once it has been without a consumer for a while.
    private static bool IsOfThisProcessAlone(string queue) => queue.Contains('.', StringComparison.Ordinal);

    // After the point stands the name of a node that comes back to its queue under the same name, and wants to hear then what it missed.
    private static bool IsOfOneNode(string queue) => queue.Contains(".node-", StringComparison.Ordinal);

    // What is requested is wanted now, by somebody who waits: no reason to have it on several nodes of a broker. And a service that publishes
    // does not do so before its own queues are attended, which a young quorum queue may keep it from for good.
    private static bool IsOfRequests(string queue) => queue.EndsWith("-requested", StringComparison.Ordinal);

    // Other replicas' consumers keep a shared queue's count above zero when ours is gone. A queue that only this process consumes from,
    // over the same connection, tells of this process alone. It holds nothing and goes with the process.
    private static void AddPresenceQueue(IRabbitMqBusFactoryConfigurator transport, ConsumerQueues queues, string serviceName)
    {
        if (!queues.Any)
        {
            return;
        }

        var name = $"burqi-presence-{serviceName}-{Guid.CreateVersion7():N}";
        transport.ReceiveEndpoint(name, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.AutoDelete = true;
            endpoint.QueueExpiration = TimeSpan.FromMinutes(5);
        });
        queues.Add(name);
    }

    private static void Connect(IRabbitMqBusFactoryConfigurator transport, RabbitMqAddress broker, string connectionName) =>
        transport.Host(broker.Host, broker.Port, broker.VirtualHost, connectionName, host =>
        {
            host.Username(broker.User);
            host.Password(broker.Password);
            host.PublisherConfirmation = true;
            host.Heartbeat(Heartbeat);
            host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
            if (broker.Tls)
            {
                host.UseSsl(tls => tls.ServerName = broker.Host);
            }
        });
}
