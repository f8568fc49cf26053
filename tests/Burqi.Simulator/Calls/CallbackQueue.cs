using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Calls;

/// <summary>
/// A call's callbacks: those about one thing (the call, one stream, one recording) go out one after the other, different things side by
/// side, and none holds the call up. Faults on request are applied here.
/// </summary>
internal sealed class CallbackQueue(
    SimulatedCall call, WebhookSender sender, TimeProvider time, Random random, CancellationToken cancellationToken)
{
    private readonly Lock sync = new();
    private readonly Dictionary<string, Subject> subjects = new(StringComparer.Ordinal);
    private readonly List<Task> late = [];

    /// <summary>Takes <paramref name="webhook"/> for delivery after what was queued before it about <paramref name="subject"/>.</summary>
    public void Add(string subject, Webhook webhook)
    {
        lock (sync)
        {
            if (!subjects.TryGetValue(subject, out var queue))
            {
                subjects[subject] = queue = new Subject();
            }

            var fault = Draw(webhook);
            switch (fault?.Kind)
            {
                case CallbackFaultKind.Late:
                    late.Add(SendLateAsync(webhook, fault.Delay));
                    return;
                case CallbackFaultKind.Reordered when queue.Overtaken is null:
                    queue.Overtaken = webhook;
                    return;
                default:
                    queue.Tail = SendAfterAsync(queue.Tail, webhook, fault);
                    break;
            }

            if (queue.Overtaken is { } overtaken)
            {
                queue.Overtaken = null;
                queue.Tail = SendAfterAsync(queue.Tail, overtaken, null);
            }
        }
    }

    /// <summary>Done when all that was queued has been delivered or given up.</summary>
    public Task DrainAsync()
    {
        lock (sync)
        {
            foreach (var queue in subjects.Values.Where(s => s.Overtaken is not null))
            {
                queue.Tail = SendAfterAsync(queue.Tail, queue.Overtaken!, null);
                queue.Overtaken = null;
            }

            return Task.WhenAll([.. subjects.Values.Select(s => s.Tail), .. late]);
        }
    }

    private CallbackFault? Draw(Webhook webhook) =>
        call.Script.Callbacks.FirstOrDefault(f => f.Matches(webhook) && random.NextDouble() < f.Rate);

    private async Task SendAfterAsync(Task previous, Webhook webhook, CallbackFault? fault)
    {
        await previous;
        if (fault?.Kind == CallbackFaultKind.Missing)
        {
            call.Add(new WebhookExchange
            {
                Kind = webhook.Kind,
                Event = webhook.Event,
                Url = webhook.Url,
                Method = webhook.Method,
                Parameters = webhook.Parameters,
                Signature = "",
                IdempotencyToken = "",
            });
            return;
        }

        var token = await SendAsync(webhook with { BadlySigned = fault?.Kind == CallbackFaultKind.BadlySigned }, null);
        for (var repeat = 0; fault?.Kind == CallbackFaultKind.Repeated && repeat < fault.Times; repeat++)
        {
            await SendAsync(webhook, token);
        }
    }

    private async Task SendLateAsync(Webhook webhook, TimeSpan delay)
    {
        await Task.Delay(delay, time, cancellationToken);
        await SendAsync(webhook, null);
    }

    private async Task<string> SendAsync(Webhook webhook, string? token)
    {
        // The caller holds a lock while it queues.
        await Task.Yield();
        var exchange = await sender.SendAsync(webhook, token, cancellationToken);
        call.Add(exchange);
        if (!exchange.Delivered)
        {
            call.Add(new SimulationError(11200, $"{webhook.Kind} callback '{webhook.Event}' was not delivered: {exchange.Attempts[^1].Detail ?? "answered outside 2xx"}"));
        }

        return exchange.IdempotencyToken;
    }

    private sealed class Subject
    {
        public Task Tail { get; set; } = Task.CompletedTask;

        public Webhook? Overtaken { get; set; }
    }
}
