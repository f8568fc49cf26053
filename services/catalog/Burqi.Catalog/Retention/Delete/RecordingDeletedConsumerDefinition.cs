using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Retention.Delete;

internal sealed class RecordingDeletedConsumerDefinition() : CatalogConsumerDefinition<RecordingDeletedConsumer>("catalog-recording-deleted");
