using Burqi.Contracts.Assistants;
using MassTransit;

namespace Burqi.Assistants;

/// <summary>
/// Keeps this process's directory up to date. Its queue is this process's own, since every replica needs every change: the definition's
/// name has a point before its last part, which tells hosting that nobody else will ever read from it.
/// </summary>
internal sealed class AssistantsConsumer(AssistantDirectory directory, AssistantLog log) : IConsumer<AssistantSaved>, IConsumer<AssistantDeleted>
{
    public Task Consume(ConsumeContext<AssistantSaved> context) =>
        Take(context.Message.AssistantId, context.Message.Version, isDeleted: false, () => directory.Apply(context.Message));

    public Task Consume(ConsumeContext<AssistantDeleted> context) =>
        Take(context.Message.AssistantId, context.Message.Version, isDeleted: true, () => directory.Apply(context.Message));

    // Nothing that goes wrong here is mended by trying again, and the question at the next start brings it all once more.
    private Task Take(string assistantId, long version, bool isDeleted, Func<bool> apply)
    {
        try
        {
            if (apply())
            {
                log.Known(assistantId, version, isDeleted);
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            log.Refused(exception);
        }
        catch (IOException exception)
        {
            log.NotKept(assistantId, exception);
        }

        return Task.CompletedTask;
    }
}
