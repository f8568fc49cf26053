using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchivedConsumerDefinition() : CatalogConsumerDefinition<RecordingArchivedConsumer>("catalog-recording-archived");
