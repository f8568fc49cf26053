using MassTransit;

namespace Burqi.Catalog.Consumers;

/// <summary>
/// Of queues whose messages are written together (<see cref="Calls.Track.TellTogetherCommand"/>): as many are taken as may go into one transaction, which
/// takes a connection for all of them.
/// </summary>
internal abstract class ToldConsumerDefinition<TConsumer>(string endpointName) : CatalogConsumerDefinition<TConsumer>(endpointName, concurrency: 100)
    where TConsumer : class, IConsumer;
