using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.MarkArchived;

internal sealed class RecordingArchivedConsumerDefinition() : ToldConsumerDefinition<RecordingArchivedConsumer>("catalog-recording-archived");
