using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchiveStartedConsumerDefinition() : ToldConsumerDefinition<RecordingArchiveStartedConsumer>("catalog-recording-archive-started");
