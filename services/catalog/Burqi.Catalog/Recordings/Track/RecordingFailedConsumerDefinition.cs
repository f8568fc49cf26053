using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingFailedConsumerDefinition() : ToldConsumerDefinition<RecordingFailedConsumer>("catalog-recording-failed");
