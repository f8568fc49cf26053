using Burqi.Catalog.Database;
using Burqi.Contracts.Calls;
using MassTransit;

namespace Burqi.Catalog.Calls.Track;

/// <summary>A call was heard of. It comes once for each of the provider's early words; the first says when the call began.</summary>
internal sealed class CallStartedConsumer(UpsertCallCommand upsertCall) : IConsumer<CallStarted>
{
    public Task Consume(ConsumeContext<CallStarted> context)
    {
        var message = context.Message;
        return upsertCall.ExecuteAsync(
            message.CallId,
            message.Provider,
            CallStatuses.InProgress,
            ToldFacts.Earliest(CallStatus.Rank(CallStatuses.InProgress), message.StartedAt)
                .Column("account_id", message.AccountId)
                .Column("parent_call_id", message.ParentCallId)
                .Column("direction", message.Direction)
                .Column("from_address", message.From)
                .Column("to_address", message.To)
                .Column("assistant_id", message.AssistantId)
                .Column("handed_over_at", message.HandedOver is true ? message.StartedAt : null)
                .StartedAt(message.StartedAt),
            context.CancellationToken);
    }
}
