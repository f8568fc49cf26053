using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingCapturedConsumerDefinition() : CatalogConsumerDefinition<RecordingCapturedConsumer>("catalog-recording-captured");
