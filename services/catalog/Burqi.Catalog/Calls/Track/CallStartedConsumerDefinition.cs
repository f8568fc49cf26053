using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Calls.Track;

internal sealed class CallStartedConsumerDefinition() : CatalogConsumerDefinition<CallStartedConsumer>("catalog-call-started");
