using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Assistants.Announce;

internal sealed class AssistantsWantedConsumerDefinition() : CatalogConsumerDefinition<AssistantsWantedConsumer>("catalog-assistants-wanted");
