using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Calls.Track;

internal sealed class CallEndedConsumerDefinition() : ToldConsumerDefinition<CallEndedConsumer>("catalog-call-ended");
