using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Calls.Track;

internal sealed class CallStartedConsumerDefinition() : ToldConsumerDefinition<CallStartedConsumer>("catalog-call-started");
