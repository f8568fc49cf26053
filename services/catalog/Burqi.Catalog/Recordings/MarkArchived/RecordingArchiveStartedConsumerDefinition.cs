using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchiveStartedConsumerDefinition() : CatalogConsumerDefinition<RecordingArchiveStartedConsumer>("catalog-recording-archive-started");
