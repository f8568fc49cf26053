using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class RecordingStartedConsumerDefinition() : CatalogConsumerDefinition<RecordingStartedConsumer>("catalog-recording-started");
