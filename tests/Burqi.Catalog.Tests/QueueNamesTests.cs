using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests;

public sealed class QueueNamesTests
{
    [Fact]
    public void AddCatalogConsumers_EveryConsumer_HasItsOwnPrefixedQueue()
    {
        var definitions = typeof(CatalogModule).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IConsumerDefinition))).ToArray();
        var queues = definitions
            .Select(type => ((IConsumerDefinition)Activator.CreateInstance(type)!).GetEndpointName(DefaultEndpointNameFormatter.Instance))
            .ToArray();

        queues.Order().ShouldBe(
        [
            "catalog-api-keys-wanted", "catalog-archive-backlog-reported", "catalog-assistants-wanted", "catalog-call-ended", "catalog-call-started", "catalog-media-node-reported",
            "catalog-provider-recording-deleted", "catalog-provider-recording-ready",
            "catalog-recording-archive-failed",
            "catalog-recording-archive-started", "catalog-recording-archived", "catalog-recording-captured", "catalog-recording-control-answered",
            "catalog-recording-deleted", "catalog-recording-deletion-failed", "catalog-recording-failed", "catalog-recording-started",
            "catalog-recording-tier-changed",
            "catalog-recording-waveform-computed",
        ]);

        var services = new ServiceCollection();
        services.AddMassTransit(bus => bus.AddCatalogConsumers());
        definitions.ShouldAllBe(definition => services.Any(service => service.ImplementationType == definition));
    }
}
