using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Access.Keys.Announce;

internal sealed class ApiKeysWantedConsumerDefinition() : CatalogConsumerDefinition<ApiKeysWantedConsumer>("catalog-api-keys-wanted");
