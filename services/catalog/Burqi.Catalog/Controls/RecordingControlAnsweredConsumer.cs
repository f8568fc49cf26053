using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Controls;

/// <summary>Somebody who records a call says what came of a request.</summary>
internal sealed class RecordingControlAnsweredConsumer(RecordControlAnswerCommand record) : IConsumer<RecordingControlAnswered>
{
    public Task Consume(ConsumeContext<RecordingControlAnswered> context) => record.ExecuteAsync(context.Message, context.CancellationToken);
}
