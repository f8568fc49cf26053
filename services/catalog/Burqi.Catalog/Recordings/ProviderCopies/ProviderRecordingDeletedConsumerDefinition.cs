using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.ProviderCopies;

internal sealed class ProviderRecordingDeletedConsumerDefinition() : CatalogConsumerDefinition<ProviderRecordingDeletedConsumer>("catalog-provider-recording-deleted");
