using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchiveFailedConsumerDefinition() : CatalogConsumerDefinition<RecordingArchiveFailedConsumer>("catalog-recording-archive-failed");
