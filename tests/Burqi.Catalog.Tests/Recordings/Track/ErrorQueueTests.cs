using System.Collections.Concurrent;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Recordings.Track;

/// <summary>A message that no row can be made of is given up after the house's short retry: in the error queue, to be looked at, and in nobody's way.</summary>
public sealed class ErrorQueueTests(CatalogHost catalog)
{
    // The house's retry takes 27 s.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Consume_ImpossibleMessages_EndInTheErrorQueueAndOthersGoOn()
    {
        var known = new Told();
        var impossible = new Told();
        await catalog.TellAsync(known.Captured());
        Dictionary<string, object[]> messages = new()
        {
            ["catalog-recording-captured"] =
            [
                impossible.Captured() with { Sha256 = "not a checksum" },
                impossible.Captured() with { Provider = "nobody" },
                impossible.Captured() with { FilePath = "a\0b" },
                known.Captured() with { CallId = "another-call" },
            ],
            ["catalog-recording-started"] =
            [
                impossible.Started() with { SampleRate = -1 },
                impossible.Started() with { CallId = "" },
                impossible.Started() with { RecordingType = new string('x', 10_000) },
            ],
            ["catalog-recording-failed"] = [impossible.Failed("completed")],
            ["catalog-call-ended"] = [impossible.CallEnded("in-progress"), impossible.CallEnded("vanished")],
        };

        var bus = catalog.Services.GetRequiredService<IBus>();
        var givenUp = new ConcurrentDictionary<Guid, string>();
        var handles = new List<HostReceiveEndpointHandle>();
        foreach (var queue in messages.Keys)
        {
            var handle = bus.ConnectReceiveEndpoint($"{queue}_error", endpoint => endpoint.Handler<Unsent>(_ => Task.CompletedTask));
            (await handle.Ready).ReceiveEndpoint.ConnectReceiveObserver(new Recorder(givenUp, queue));
            handles.Add(handle);
        }

        var sent = new Dictionary<Guid, string>();
        foreach (var (queue, list) in messages)
        {
            foreach (var message in list)
            {
                sent.Add(await catalog.PublishAsync(message), queue);
            }
        }

        await Eventually.BecomesTrueAsync(() => sent.All(entry => givenUp.TryGetValue(entry.Key, out var queue) && queue == entry.Value), Limit);

        (await catalog.RowAsync("recordings", "id", impossible.Id)).ShouldBeNull();
        (await catalog.RowAsync("calls", "call_id", impossible.CallId)).ShouldBeNull();
        (await catalog.RecordingAsync(known.Id)).ShouldHave(("call_id", known.CallId));

        var next = new Told();
        await catalog.TellAsync(next.Captured());
        (await catalog.RecordingAsync(next.Id)).ShouldHave(("status", "captured"));
        foreach (var handle in handles)
        {
            await handle.StopAsync();
        }
    }

    // An endpoint needs a handler; what lies in the error queue is of other types and seen by the observer alone.
    public sealed record Unsent;

    private sealed class Recorder(ConcurrentDictionary<Guid, string> givenUp, string queue) : IReceiveObserver
    {
        public Task PreReceive(ReceiveContext context)
        {
            if (context.GetMessageId() is { } id)
            {
                givenUp[id] = queue;
            }

            return Task.CompletedTask;
        }

        public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
            where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Task.CompletedTask;

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
    }
}
