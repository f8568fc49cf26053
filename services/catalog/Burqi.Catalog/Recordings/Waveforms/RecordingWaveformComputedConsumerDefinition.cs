using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Recordings.Waveforms;

internal sealed class RecordingWaveformComputedConsumerDefinition()
    : CatalogConsumerDefinition<RecordingWaveformComputedConsumer>("catalog-recording-waveform-computed");
