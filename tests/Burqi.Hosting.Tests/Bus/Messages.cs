using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;

namespace Burqi.Hosting.Tests.Bus;

public sealed record NoteWritten
{
    public required string Text { get; init; }
}

/// <summary>What a test's consumers were given.</summary>
internal sealed class Received
{
    private readonly ConcurrentQueue<(string Queue, string Text, string? TraceId)> notes = new();
    private int attempts;

    public int Attempts => Volatile.Read(ref attempts);

    public IEnumerable<string> Texts(string queue) => notes.Where(note => note.Queue == queue).Select(note => note.Text);

    public string? TraceIdOf(string text) => notes.FirstOrDefault(note => note.Text == text).TraceId;

    public void Note(ConsumeContext<NoteWritten> context) => notes.Enqueue(
        (context.ReceiveContext.InputAddress.Segments[^1], context.Message.Text, Activity.Current?.TraceId.ToHexString()));

    public void Attempt() => Interlocked.Increment(ref attempts);
}

internal sealed class FirstConsumer(Received received) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        received.Note(context);
        return Task.CompletedTask;
    }
}

internal sealed class FirstConsumerDefinition : ConsumerDefinition<FirstConsumer>
{
    public FirstConsumerDefinition() => EndpointName = "first-note-written";
}

internal sealed class SecondConsumer(Received received) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        received.Note(context);
        return Task.CompletedTask;
    }
}

internal sealed class SecondConsumerDefinition : ConsumerDefinition<SecondConsumer>
{
    public SecondConsumerDefinition() => EndpointName = "second-note-written";
}

internal sealed class FailingConsumer(Received received) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        received.Attempt();
        throw new InvalidOperationException("This consumer always fails.");
    }
}

internal sealed class FailingConsumerDefinition : ConsumerDefinition<FailingConsumer>
{
    public FailingConsumerDefinition() => EndpointName = "failing-note-written";

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<FailingConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.UseMessageRetry(retry => retry.Immediate(2));
}

/// <summary>A queue of one process alone: the point in its name says so.</summary>
internal sealed class OwnConsumer(Received received) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        received.Note(context);
        return Task.CompletedTask;
    }
}

internal sealed class OwnConsumerDefinition : ConsumerDefinition<OwnConsumer>
{
    public OwnConsumerDefinition() => EndpointName = $"own-note-written.{Guid.CreateVersion7():N}";
}

/// <summary>A queue of one node, which keeps its name.</summary>
internal sealed class NodesConsumerDefinition : ConsumerDefinition<OwnConsumer>
{
    public const string Queue = "own-note-written.node-media-1";

    public NodesConsumerDefinition() => EndpointName = Queue;
}

internal sealed class RequestConsumer : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context) => Task.CompletedTask;
}

internal sealed class RequestConsumerDefinition : ConsumerDefinition<RequestConsumer>
{
    public RequestConsumerDefinition() => EndpointName = "second-note-requested";
}

internal sealed class FailingOwnConsumer(Received received) : IConsumer<NoteWritten>
{
    public Task Consume(ConsumeContext<NoteWritten> context)
    {
        received.Attempt();
        throw new InvalidOperationException("This consumer always fails.");
    }
}

internal sealed class FailingOwnConsumerDefinition : ConsumerDefinition<FailingOwnConsumer>
{
    public FailingOwnConsumerDefinition() => EndpointName = $"own-failing-note-written.{Guid.CreateVersion7():N}";

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<FailingOwnConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.UseMessageRetry(retry => retry.Immediate(2));
}
