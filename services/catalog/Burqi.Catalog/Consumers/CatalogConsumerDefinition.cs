using MassTransit;

namespace Burqi.Catalog.Consumers;

/// <summary>What catalog's queues have in common. Each names itself in full: a queue's name is found by searching for it.</summary>
internal abstract class CatalogConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    private const int LeastPrefetch = 16;

    private readonly int prefetch;

    // A message is one short transaction. All queues at this limit stay well below Npgsql's pool of 100 connections.
    protected CatalogConsumerDefinition(string endpointName)
        : this(endpointName, concurrency: 4)
    {
    }

    protected CatalogConsumerDefinition(string endpointName, int concurrency)
    {
        EndpointName = endpointName;
        ConcurrentMessageLimit = concurrency;
        prefetch = 2 * concurrency;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.PrefetchCount = (ushort)Math.Max(LeastPrefetch, prefetch);
}
