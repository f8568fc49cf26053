using Burqi.Contracts.Calls;
using MassTransit;

namespace Burqi.Archiver.Reconcile.Heard;

/// <summary>Remembers which assistant took a call: a provider's list does not say, and what is found missing belongs to it all the same.</summary>
internal sealed class CallStartedConsumer(HearCommand hear) : IConsumer<CallStarted>
{
    public Task Consume(ConsumeContext<CallStarted> context) => context.Message is { AssistantId: { } assistant } message
        ? hear.CallAsync(message.Provider, message.CallId, assistant, autoSave: null, createDatabaseRecords: null, context.CancellationToken)
        : Task.CompletedTask;
}
