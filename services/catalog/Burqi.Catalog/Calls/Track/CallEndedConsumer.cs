using Burqi.Catalog.Database;
using Burqi.Contracts.Calls;
using MassTransit;

namespace Burqi.Catalog.Calls.Track;

/// <summary>A call ended. A call ends once: of two tellings the earlier is the end and the later its repetition.</summary>
internal sealed class CallEndedConsumer(UpsertCallCommand upsertCall) : IConsumer<CallEnded>
{
    public Task Consume(ConsumeContext<CallEnded> context)
    {
        var message = context.Message;
        if (message.Status == CallStatuses.InProgress)
        {
            throw new ArgumentException($"A call cannot have ended with the status '{message.Status}'.", nameof(context));
        }

        return upsertCall.ExecuteAsync(
            message.CallId,
            message.Provider,
            message.Status,
            ToldFacts.Earliest(CallStatus.Rank(message.Status), message.EndedAt)
                .Column("duration_ms", message.DurationMs)
                .Column("ended_at", message.EndedAt),
            context.CancellationToken);
    }
}
