using MassTransit;

namespace Burqi.BusProcess;

internal sealed class NumberConsumer(ConsumedNumbers consumed) : IConsumer<NumberPublished>
{
    public Task Consume(ConsumeContext<NumberPublished> context)
    {
        consumed.Note(context.Message.Number);
        return Task.CompletedTask;
    }
}

internal sealed class NumberConsumerDefinition : ConsumerDefinition<NumberConsumer>
{
    public NumberConsumerDefinition() => EndpointName = "busprocess-number-published";
}
