using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Calls.Track;

internal sealed class CallEndedConsumerDefinition() : CatalogConsumerDefinition<CallEndedConsumer>("catalog-call-ended");
