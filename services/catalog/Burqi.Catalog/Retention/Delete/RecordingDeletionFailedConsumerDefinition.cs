using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Retention.Delete;

internal sealed class RecordingDeletionFailedConsumerDefinition()
    : CatalogConsumerDefinition<RecordingDeletionFailedConsumer>("catalog-recording-deletion-failed");
