using Burqi.Catalog.Controls.Announce;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Controls;

/// <summary>Somebody who records a call says what came of a request.</summary>
internal sealed class RecordingControlAnsweredConsumer(RecordControlAnswerCommand record, ControlBell bell) : IConsumer<RecordingControlAnswered>
{
    public async Task Consume(ConsumeContext<RecordingControlAnswered> context)
    {
        await record.ExecuteAsync(context.Message, context.CancellationToken);

        // What was asked of the same call after it may wait for this.
        bell.Ring();
    }
}
