using System.Globalization;
using System.Text;
using System.Text.Json;
using Burqi.Simulator.Calls;

namespace Burqi.Simulator.Commands;

/// <summary>What came of the calls, as text for people and as JSON for programs.</summary>
internal sealed record CallSummary(IReadOnlyList<CallSummary.Call> Calls, double ElapsedSeconds)
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Whether every call was led to its end without an error.</summary>
    public bool AllWell => Calls.All(c => c.Errors.Count == 0);

    public static CallSummary Create(TwilioSimulator twilio, IReadOnlyDictionary<string, string> refusals, TimeSpan elapsed) =>
        new([.. twilio.Calls.Select(c => Describe(c, refusals))], Math.Round(elapsed.TotalSeconds, 3));

    public string ToJson() => JsonSerializer.Serialize(this, Layout) + Environment.NewLine;

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var call in Calls)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"call {call.CallSid}: {call.Status}, {call.DurationMs / 1000.0:0.0} s");
            foreach (var stream in call.Streams)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  stream {stream.StreamSid}: {stream.InboundFrames} inbound and {stream.OutboundFrames} outbound frames, {stream.Ending}");
            }

            foreach (var recording in call.Recordings)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  recording {recording.RecordingSid}: {recording.Status}, {recording.Channels} channels, {recording.DurationMs / 1000.0:0.0} s, fetched {recording.WholeDownloads} times");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"  callbacks: {call.Callbacks.Count(c => c.Delivered)} of {call.Callbacks.Count} delivered");
            foreach (var error in call.Errors)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  error {error.Code}: {error.Message}");
            }
        }

        var audio = TimeSpan.FromMilliseconds(Calls.Sum(c => c.DurationMs));
        text.AppendLine(CultureInfo.InvariantCulture, $"{Calls.Count} calls, {audio.TotalSeconds:0.0} s of call time in {ElapsedSeconds:0.0} s, {Calls.Sum(c => c.Errors.Count)} errors");
        return text.ToString();
    }

    private static Call Describe(SimulatedCall call, IReadOnlyDictionary<string, string> refusals)
    {
        List<SimulationError> errors = [.. call.Errors];
        if (refusals.TryGetValue(call.CallSid, out var refusal) && !errors.Exists(e => e.Message == refusal))
        {
            errors.Add(new SimulationError(0, refusal));
        }

        return new Call(
            call.CallSid,
            call.Status,
            (long)call.Duration.TotalMilliseconds,
            call.StartedAt,
            [.. call.Streams.Select(s => new Stream(s.StreamSid, s.Name, s.Tracks, s.FrameCount("inbound"), s.FrameCount("outbound"), s.Ending.ToString()))],
            [.. call.Recordings.Select(r => new Recording(r.RecordingSid, r.Status, r.Source, r.Channels, (long)r.Duration.TotalMilliseconds, r.WholeDownloads))],
            [.. call.Exchanges.Where(e => e.Kind is not ("voice" or "action")).Select(e => new Callback(e.Kind, e.Event, e.Delivered, e.Answer?.StatusCode, e.Attempts.Count))],
            errors);
    }

    internal sealed record Call(
        string CallSid,
        string Status,
        long DurationMs,
        DateTimeOffset StartedAt,
        IReadOnlyList<Stream> Streams,
        IReadOnlyList<Recording> Recordings,
        IReadOnlyList<Callback> Callbacks,
        IReadOnlyList<SimulationError> Errors);

    internal sealed record Stream(string StreamSid, string? Name, IReadOnlyList<string> Tracks, long InboundFrames, long OutboundFrames, string Ending);

    internal sealed record Recording(string RecordingSid, string Status, string Source, int Channels, long DurationMs, int WholeDownloads);

    internal sealed record Callback(string Kind, string Event, bool Delivered, int? StatusCode, int Attempts);
}
