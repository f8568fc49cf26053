using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Archiver.Reconcile.Heard;

/// <summary>Remembers that a provider told of a recording without audio: it will stand in the provider's list and is not missing here.</summary>
internal sealed class RecordingFailedConsumer(HearCommand hear) : IConsumer<RecordingFailed>
{
    public Task Consume(ConsumeContext<RecordingFailed> context) => context.Message.RecordingType == RecordingTypes.Provider
        ? hear.RecordingAsync(context.Message.RecordingId, context.CancellationToken)
        : Task.CompletedTask;
}
