using MassTransit;

namespace Burqi.Catalog.Consumers;

/// <summary>What catalog's queues have in common. Each names itself in full: a queue's name is found by searching for it.</summary>
internal abstract class CatalogConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    protected CatalogConsumerDefinition(string endpointName)
    {
        EndpointName = endpointName;

        // A message is one short statement. Nine queues at this limit stay well below Npgsql's pool of 100 connections.
        ConcurrentMessageLimit = 4;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.PrefetchCount = 16;
}
