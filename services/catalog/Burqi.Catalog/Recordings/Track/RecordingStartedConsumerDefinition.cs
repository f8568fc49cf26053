using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingStartedConsumerDefinition() : ToldConsumerDefinition<RecordingStartedConsumer>("catalog-recording-started");
