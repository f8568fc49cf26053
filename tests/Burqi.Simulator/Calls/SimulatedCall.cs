using Burqi.Simulator.Media;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Calls;

/// <summary>A call: what came of it so far, and, once <see cref="Completion"/> is done, everything.</summary>
public sealed class SimulatedCall
{
    private readonly Lock sync = new();
    private readonly List<SimulatedStream> streams = [];
    private readonly List<SimulatedRecording> recordings = [];
    private readonly List<WebhookExchange> exchanges = [];
    private readonly List<SimulationError> errors = [];
    private readonly List<ReadOnlyMemory<byte>> heardByCaller = [];
    private readonly List<(TimeSpan At, TaskCompletionSource Reached)> waiting = [];
    private TimeSpan now;
    private int endRequested;

    internal SimulatedCall(string callSid, CallScript script, DateTimeOffset startedAt)
    {
        CallSid = callSid;
        Script = script;
        StartedAt = startedAt;
    }

    /// <summary>The call: <c>CA</c> and 32 hexadecimal digits.</summary>
    public string CallSid { get; }

    /// <summary>What its parties were told to do.</summary>
    public CallScript Script { get; }

    /// <summary>When it began, on the wall clock.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>When it ended, on the wall clock; null before.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Twilio's word for its state: <c>queued</c>, <c>ringing</c>, <c>in-progress</c>, <c>completed</c>, <c>busy</c>, <c>no-answer</c> …</summary>
    public string Status { get; private set; } = "queued";

    /// <summary>From its answer to its end, in call time.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>
    /// Done when the call is over, its streams closed, its recordings finished and the last of its callbacks answered or given up.
    /// Fails with a <see cref="Twiml.TwimlException"/> when it was given TwiML that is not acceptable.
    /// </summary>
    public Task Completion { get; internal set; } = Task.CompletedTask;

    /// <summary>The call's clock.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (sync)
            {
                return now;
            }
        }
    }

    /// <summary>Its media streams, in the order started.</summary>
    public IReadOnlyList<SimulatedStream> Streams => Copy(streams);

    /// <summary>Its recordings, in the order started.</summary>
    public IReadOnlyList<SimulatedRecording> Recordings => Copy(recordings);

    /// <summary>Every request for TwiML and every callback, in the order finished.</summary>
    public IReadOnlyList<WebhookExchange> Exchanges => Copy(exchanges);

    /// <summary>What Twilio's debugger would have shown.</summary>
    public IReadOnlyList<SimulationError> Errors => Copy(errors);

    /// <summary>The mu-law samples that were played to the caller since the call was answered; empty when frames are not kept.</summary>
    public byte[] HeardByCaller
    {
        get
        {
            lock (sync)
            {
                return [.. heardByCaller.SelectMany(f => f.ToArray())];
            }
        }
    }

    internal bool EndRequested => Volatile.Read(ref endRequested) != 0;

    /// <summary>The callbacks about <paramref name="kind"/> that tell <paramref name="event"/> (null: any).</summary>
    public IReadOnlyList<WebhookExchange> ExchangesOf(string kind, string? @event = null) =>
        [.. Exchanges.Where(e => e.Kind == kind && (@event is null || e.Event == @event))];

    /// <summary>Ends the call at its next frame.</summary>
    public void HangUp() => Interlocked.Exchange(ref endRequested, 1);

    /// <summary>Done when the call's clock shows <paramref name="callTime"/>; fails when the call ends before.</summary>
    public Task WhenReachesAsync(TimeSpan callTime)
    {
        lock (sync)
        {
            if (now >= callTime)
            {
                return Task.CompletedTask;
            }

            if (EndedAt is not null)
            {
                return Task.FromException(EndedBefore(callTime));
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((callTime, reached));
            return reached.Task;
        }
    }

    internal void SetStatus(string status)
    {
        lock (sync)
        {
            Status = status;
        }
    }

    internal void MoveTo(TimeSpan callTime, ReadOnlyMemory<byte> heard, bool keep)
    {
        lock (sync)
        {
            now = callTime;
            if (keep)
            {
                heardByCaller.Add(heard);
            }

            foreach (var (_, reached) in waiting.Where(w => w.At <= callTime))
            {
                reached.TrySetResult();
            }

            waiting.RemoveAll(w => w.At <= callTime);
        }
    }

    internal void End(string status, DateTimeOffset at)
    {
        lock (sync)
        {
            Status = status;
            EndedAt = at;
            foreach (var (callTime, reached) in waiting)
            {
                reached.TrySetException(EndedBefore(callTime));
            }

            waiting.Clear();
        }
    }

    internal void Add(SimulatedStream stream) => AddTo(streams, stream);

    internal void Add(SimulatedRecording recording) => AddTo(recordings, recording);

    internal void Add(WebhookExchange exchange) => AddTo(exchanges, exchange);

    internal void Add(SimulationError error) => AddTo(errors, error);

    private static InvalidOperationException EndedBefore(TimeSpan callTime) =>
        new($"The call ended before it reached {callTime.TotalSeconds:0.###} s.");

    private void AddTo<T>(List<T> list, T item)
    {
        lock (sync)
        {
            list.Add(item);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (sync)
        {
            return [.. list];
        }
    }
}
