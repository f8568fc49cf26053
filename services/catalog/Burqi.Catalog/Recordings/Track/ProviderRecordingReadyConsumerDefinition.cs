using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class ProviderRecordingReadyConsumerDefinition() : CatalogConsumerDefinition<ProviderRecordingReadyConsumer>("catalog-provider-recording-ready");
