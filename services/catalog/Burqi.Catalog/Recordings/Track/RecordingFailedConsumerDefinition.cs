using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingFailedConsumerDefinition() : CatalogConsumerDefinition<RecordingFailedConsumer>("catalog-recording-failed");
