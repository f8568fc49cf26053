using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchiveFailedConsumerDefinition() : ToldConsumerDefinition<RecordingArchiveFailedConsumer>("catalog-recording-archive-failed");
