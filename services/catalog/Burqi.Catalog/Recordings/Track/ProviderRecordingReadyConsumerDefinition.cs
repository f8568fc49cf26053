using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Track;

internal sealed class ProviderRecordingReadyConsumerDefinition() : ToldConsumerDefinition<ProviderRecordingReadyConsumer>("catalog-provider-recording-ready");
