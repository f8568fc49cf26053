using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingCapturedConsumerDefinition() : ToldConsumerDefinition<RecordingCapturedConsumer>("catalog-recording-captured");
