using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.Waveforms;

/// <summary>The outline of a recording's audio is there to be drawn. It says nothing of the recording itself, whose row may come later.</summary>
internal sealed class RecordingWaveformComputedConsumer(SaveWaveformCommand save) : IConsumer<RecordingWaveformComputed>
{
    public Task Consume(ConsumeContext<RecordingWaveformComputed> context) => save.ExecuteAsync(context.Message, context.CancellationToken);
}
