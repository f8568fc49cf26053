using System.Diagnostics;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using MassTransit;

namespace Burqi.Ingress.Tests.Support;

/// <summary>What came over the bus, in the order in which it came.</summary>
internal sealed class CapturedEvents
{
    private readonly Lock _lock = new();
    private readonly List<(object Message, ActivityTraceId Trace)> _events = [];

    public IReadOnlyList<object> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _events.Select(e => e.Message)];
            }
        }
    }

    public void Add(object message)
    {
        lock (_lock)
        {
            _events.Add((message, Activity.Current?.TraceId ?? default));
        }
    }

    public ActivityTraceId TraceOf(object message)
    {
        lock (_lock)
        {
            return _events.Single(e => ReferenceEquals(e.Message, message)).Trace;
        }
    }

    public async Task<T> SingleAsync<T>()
        where T : class
    {
        await Eventually.BecomesTrueAsync(() => All.Count > 0, description: $"a {typeof(T).Name} arrives");
        return All.ShouldHaveSingleItem().ShouldBeOfType<T>();
    }

    public async Task<IReadOnlyList<object>> WaitForAsync(int count)
    {
        await Eventually.BecomesTrueAsync(() => All.Count >= count, description: $"{count} events arrive");
        return All;
    }
}

/// <summary>Takes every event that ingress publishes.</summary>
internal sealed class EventCapture(CapturedEvents events)
    : IConsumer<CallStarted>, IConsumer<CallEnded>, IConsumer<RecordingStarted>, IConsumer<ProviderRecordingReady>, IConsumer<RecordingFailed>,
        IConsumer<RecordingControlAnswered>
{
    public Task Consume(ConsumeContext<CallStarted> context) => Keep(context.Message);

    public Task Consume(ConsumeContext<CallEnded> context) => Keep(context.Message);

    public Task Consume(ConsumeContext<RecordingStarted> context) => Keep(context.Message);

    public Task Consume(ConsumeContext<ProviderRecordingReady> context) => Keep(context.Message);

    public Task Consume(ConsumeContext<RecordingFailed> context) => Keep(context.Message);

    public Task Consume(ConsumeContext<RecordingControlAnswered> context) => Keep(context.Message);

    private Task Keep(object message)
    {
        events.Add(message);
        return Task.CompletedTask;
    }
}

/// <summary>One at a time, so that the order of arrival is the order of publishing.</summary>
internal sealed class EventCaptureDefinition : ConsumerDefinition<EventCapture>
{
    public EventCaptureDefinition()
    {
        EndpointName = "ingress-tests-capture";
        ConcurrentMessageLimit = 1;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<EventCapture> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.PrefetchCount = 1;
}
