using System.Globalization;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Media;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Twiml;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Calls;

/// <summary>
/// Leads one call: asks for TwiML, does what it says verb by verb, and moves the audio, frame by frame, from the parties to the streams and
/// recordings. One loop does all of it, so that a call's audio is the same at every speed.
/// </summary>
/// <remarks>The clock stands still while a document is fetched or a socket opens: at many times real time audio would be lost meanwhile.</remarks>
internal sealed class CallRunner : IAsyncDisposable
{
    // Twilio ends a call that goes round in circles; so does this, after more documents than a test can mean.
    private const int MostDocuments = 100;

    // Both tracks of a stream count.
    private const int MostOneWayTracks = 4;

    private static readonly TimeSpan SpokenCharacter = TimeSpan.FromMilliseconds(60);

    private readonly TwilioSimulatorOptions options;
    private readonly PublicRoutes routes;
    private readonly WebhookSender sender;
    private readonly RecordingLibrary library;
    private readonly SimulatedCall call;
    private readonly CallScript script;
    private readonly CallRequests requests;
    private readonly CallbackQueue callbacks;
    private readonly Random mediaRandom;
    private readonly CallClock clock;
    private readonly CancellationToken cancellationToken;
    private readonly List<MediaSocket> sockets = [];
    private readonly List<SimulatedRecording> recordings = [];
    private readonly Lock recordingSync = new();
    private readonly string statusCallback;
    private string documentUrl = "";
    private int documents;
    private int callSequence;
    private TimeSpan? answeredAt;
    private bool rejected;
    private long callerFrame;
    private long calleeFrame;

    public CallRunner(
        TwilioSimulatorOptions options, PublicRoutes routes, WebhookSender sender, RecordingLibrary library, SimulatedCall call, int seed, CancellationToken cancellationToken)
    {
        this.options = options;
        this.routes = routes;
        this.sender = sender;
        this.library = library;
        this.call = call;
        this.cancellationToken = cancellationToken;
        script = call.Script;
        requests = new CallRequests(options, call);
        callbacks = new CallbackQueue(call, sender, options.TimeProvider, new Random(seed), cancellationToken);
        mediaRandom = new Random(seed + 1);
        clock = new CallClock(options.TimeProvider, options.Speed);
        statusCallback = script.StatusCallback ?? options.StatusCallback ?? "";
    }

    private enum Flow
    {
        Next,
        NewDocument,
        End,
    }

    private IReadOnlyList<Verb> Document { get; set; } = [];

    public async Task RunAsync()
    {
        TwimlException? refused = null;
        try
        {
            await BeginAsync();
        }
        catch (TwimlException failure)
        {
            refused = failure;
            call.Add(new SimulationError(12100, failure.Message));
        }

        foreach (var socket in sockets)
        {
            await socket.StopAsync();
        }

        foreach (var recording in OpenRecordings())
        {
            Finish(recording);
        }

        call.Duration = answeredAt is { } answered ? clock.Now - answered : TimeSpan.Zero;
        call.End(rejected ? call.Status : "completed", options.TimeProvider.GetUtcNow());
        TellStatus("completed", call.Status, call.Duration);
        await callbacks.DrainAsync();
        if (refused is not null)
        {
            throw refused;
        }
    }

    /// <summary>Lets go of the sockets, those included that faults left open.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    /// <summary>Starts a recording of the running call, or gives the one that runs, as Twilio does when asked twice.</summary>
    public SimulatedRecording StartByApi(int channels, string track, bool trim, StatusCallback? callback)
    {
        lock (recordingSync)
        {
            return recordings.Find(r => r.IsOpen && r.Source == "StartCallRecordingAPI")
                ?? Start("StartCallRecordingAPI", channels, track, trim, callback);
        }
    }

    public IReadOnlyList<SimulatedRecording> OpenRecordings()
    {
        lock (recordingSync)
        {
            return [.. recordings.Where(r => r.IsOpen)];
        }
    }

    /// <summary>Finishes a recording, once, and tells of it.</summary>
    public void Finish(SimulatedRecording recording)
    {
        lock (recordingSync)
        {
            if (!recording.IsOpen)
            {
                return;
            }

            recording.Complete(options.TimeProvider.GetUtcNow());
        }

        TellRecording(recording, recording.Status);
    }

    private async Task BeginAsync()
    {
        if (script.Direction == "outbound-api")
        {
            TellStatus("initiated", "initiated", null);
            TellStatus("ringing", "ringing", null);
            call.SetStatus("ringing");
            if (!await WaitAsync(script.RingFor))
            {
                return;
            }

            Answer();
        }
        else
        {
            call.SetStatus("ringing");
        }

        var voiceUrl = script.VoiceUrl ?? options.VoiceUrl ?? throw new InvalidOperationException("The call has no voice URL.");
        if (!await FetchAsync("voice", voiceUrl, options.VoiceMethod, []))
        {
            return;
        }

        while (await FollowAsync() == Flow.NewDocument)
        {
            // The verbs of the new document are followed in place of the rest of the old one.
        }
    }

    private async Task<Flow> FollowAsync()
    {
        foreach (var verb in Document)
        {
            if (call.EndRequested)
            {
                return Flow.End;
            }

            if (verb is RejectVerb reject)
            {
                rejected = true;
                call.SetStatus(reject.Reason == "busy" ? "busy" : "no-answer");
                return Flow.End;
            }

            Answer();
            var flow = await FollowAsync(verb);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.End;
    }

    private async Task<Flow> FollowAsync(Verb verb)
    {
        switch (verb)
        {
            case StartStreamVerb start:
                await StartStreamAsync(start.Stream);
                return Flow.Next;
            case StartRecordingVerb start:
                lock (recordingSync)
                {
                    var noun = start.Recording;
                    Start("StartCallRecordingTwiML", noun.Channels, noun.Track, noun.Trim, noun.Callback.Callback);
                }

                return Flow.Next;
            case StopStreamVerb stop:
                await StopStreamAsync(stop.Name);
                return Flow.Next;
            case SayVerb say:
                return await SayAsync(say) ? Flow.Next : Flow.End;
            case PauseVerb pause:
                return await WaitAsync(pause.Length) ? Flow.Next : Flow.End;
            case RedirectVerb redirect:
                return await FetchAsync("voice", Absolute(redirect.Url), redirect.Method, []) ? Flow.NewDocument : Flow.End;
            case DialVerb dial:
                return await DialAsync(dial);
            case ConnectStreamVerb connect:
                return await ConnectAsync(connect);
            case RecordVerb record:
                return await RecordAsync(record);
            case HangupVerb:
                return Flow.End;
            default:
                throw new InvalidOperationException($"{verb.GetType().Name} is read and not followed.");
        }
    }

    private async Task<MediaSocket?> StartStreamAsync(StreamNoun noun, bool twoWay = false)
    {
        if (noun.Name is not null && sockets.Exists(s => s.IsOpen && s.Stream.Name == noun.Name))
        {
            call.Add(new SimulationError(31931, $"a stream named '{noun.Name}' runs already"));
            return null;
        }

        var running = sockets.Where(s => s.IsOpen && !s.Stream.TwoWay).Sum(s => s.Stream.Tracks.Count);
        if (!twoWay && running + noun.Tracks.Count > MostOneWayTracks)
        {
            call.Add(new SimulationError(31930, $"a call streams at most {MostOneWayTracks} tracks"));
            return null;
        }

        var stream = new SimulatedStream(Sid.Stream(), noun.Name, noun.Url, twoWay, noun.Tracks);
        call.Add(stream);
        var socket = new MediaSocket(
            options, stream, call.CallSid, noun.Parameters, script.Media, new Random(mediaRandom.Next()), (_, ending, detail) => OnStreamEnded(noun, stream, ending, detail));
        sockets.Add(socket);
        var opened = await socket.OpenAsync(routes, () => TellStream(noun, stream, "stream-started", null), cancellationToken);
        clock.Resume();
        return opened ? socket : null;
    }

    private async Task StopStreamAsync(string name)
    {
        if (sockets.Find(s => s.IsOpen && s.Stream.Name == name) is not { } socket)
        {
            call.Add(new SimulationError(31933, $"no stream named '{name}' runs"));
            return;
        }

        await socket.StopAsync();
        clock.Resume();
    }

    private async Task<bool> SayAsync(SayVerb say)
    {
        // A voice is beside the point; what counts is that the caller hears something, for about as long.
        var spoken = AudioSource.Tone(220, SpokenCharacter * say.Text.Length);
        for (var loop = 0; loop < say.Loop; loop++)
        {
            for (var i = 0L; i < spoken.Frames; i++)
            {
                if (!await StepAsync(AudioFrame.Silent, spoken.Frame(i)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private async Task<bool> WaitAsync(TimeSpan length)
    {
        for (var left = AudioFrame.CountIn(length); left > 0; left--)
        {
            if (!await StepAsync(AudioFrame.Silent, AudioFrame.Silent))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<Flow> DialAsync(DialVerb dial)
    {
        var legSid = Sid.Call();
        var from = dial.CallerId ?? script.From;
        var sequence = 0;
        void Tell(string @event, string status, TimeSpan? duration)
        {
            if (dial.Number.Callback is { } callback && callback.Events.Contains(@event))
            {
                var parameters = requests.AsProgress(requests.OfDialledLeg(legSid, from, dial.Number.PhoneNumber, status), sequence++, duration);
                callbacks.Add(legSid, new Webhook("number", @event, callback.Url, callback.Method, parameters));
            }
        }

        Tell("initiated", "initiated", null);
        Tell("ringing", "ringing", null);
        SimulatedRecording? recording = null;
        if (dial.Recording is { FromRinging: true })
        {
            recording = StartDialRecording(dial.Recording);
        }

        var answers = script.DialOutcome == DialOutcome.Answered && script.RingFor <= dial.Timeout;
        var rings = answers || script.DialOutcome is DialOutcome.Busy or DialOutcome.Failed ? script.RingFor : dial.Timeout;
        var connected = await WaitAsync(rings);
        var dialStatus = (connected, script.DialOutcome) switch
        {
            (false, _) => "canceled",
            (_, DialOutcome.Answered) => answers ? "completed" : "no-answer",
            (_, DialOutcome.Busy) => "busy",
            (_, DialOutcome.Failed) => "failed",
            _ => "no-answer",
        };

        var begun = clock.Now;
        if (connected && answers)
        {
            Tell("answered", "in-progress", null);
            if (dial.Recording is { FromRinging: false })
            {
                recording = StartDialRecording(dial.Recording);
            }

            connected = await TalkAsync(dial.TimeLimit) && script.HangsUp == Party.Callee;
        }

        var talked = clock.Now - begun;
        Tell("completed", dialStatus, talked);
        if (recording is not null)
        {
            Finish(recording);
        }

        List<KeyValuePair<string, string>> outcome = [new("DialCallSid", legSid), new("DialCallStatus", dialStatus)];
        if (answers)
        {
            outcome.Add(new("DialCallDuration", CallRequests.Seconds(talked)));
        }

        if (recording is not null)
        {
            outcome.Add(new("RecordingUrl", RecordingUrl(recording)));
        }

        return await ContinueAsync(dial.Action, outcome, callerIsThere: connected);
    }

    // Until all was said, or for as long as the script says; false when the call was ended from outside.
    private async Task<bool> TalkAsync(TimeSpan atMost)
    {
        var speech = Math.Max(script.Caller.Frames - callerFrame, script.Callee.Frames - calleeFrame);
        var frames = Math.Min(script.TalkFor is { } given ? AudioFrame.CountIn(given) : speech, AudioFrame.CountIn(atMost));
        for (var i = 0L; i < frames; i++)
        {
            if (!await StepAsync(script.Caller.Frame(callerFrame++), script.Callee.Frame(calleeFrame++)))
            {
                return false;
            }
        }

        return true;
    }

    private SimulatedRecording StartDialRecording(DialRecording recording)
    {
        lock (recordingSync)
        {
            return Start("DialVerb", recording.Channels, recording.Track, recording.Trim, recording.Callback.Callback);
        }
    }

    private async Task<Flow> ConnectAsync(ConnectStreamVerb connect)
    {
        var socket = await StartStreamAsync(connect.Stream, twoWay: true);
        var callerIsThere = true;
        var quiet = 0L;
        var patience = AudioFrame.CountIn(script.ListenFor);
        for (var i = 0L; socket is { IsOpen: true }; i++)
        {
            foreach (var key in script.Keys.Where(k => AudioFrame.CountIn(k.At) == i))
            {
                await socket.SendKeyAsync(key.Digit);
            }

            var done = script.TalkFor is { } given ? i >= AudioFrame.CountIn(given) : callerFrame >= script.Caller.Frames && quiet >= patience;
            if (done)
            {
                callerIsThere = false;
                break;
            }

            quiet = socket.Playback.IsEmpty && callerFrame >= script.Caller.Frames ? quiet + 1 : 0;
            if (!await StepAsync(script.Caller.Frame(callerFrame++), socket.Playback.PlayFrame()))
            {
                return Flow.End;
            }
        }

        if (socket is not null)
        {
            await socket.StopAsync();
            clock.Resume();
        }

        return await ContinueAsync(connect.Action, [], callerIsThere);
    }

    private async Task<Flow> RecordAsync(RecordVerb record)
    {
        SimulatedRecording recording;
        lock (recordingSync)
        {
            recording = Start("RecordVerb", 1, "inbound", record.Trim, record.Callback.Callback);
        }

        var digits = "";
        var quiet = 0L;
        var callerIsThere = true;
        for (var i = 0L; i < AudioFrame.CountIn(record.MaxLength) && quiet < AudioFrame.CountIn(record.Timeout) && digits.Length == 0; i++)
        {
            if (script.TalkFor is { } given ? i >= AudioFrame.CountIn(given) : callerFrame >= script.Caller.Frames)
            {
                callerIsThere = false;
                digits = "hangup";
                break;
            }

            var said = script.Caller.Frame(callerFrame++);
            quiet = said.Span.ContainsAnyExcept(MuLaw.Silence, (byte)0x7F) ? 0 : quiet + 1;
            digits = string.Concat(script.Keys.Where(k => AudioFrame.CountIn(k.At) == i && record.FinishOnKey.Contains(k.Digit)).Select(k => k.Digit));
            if (!await StepAsync(said, AudioFrame.Silent))
            {
                return Flow.End;
            }
        }

        Finish(recording);
        // Without an action Twilio asks the same document again.
        return await ContinueAsync(
            record.Action ?? new ActionRequest(documentUrl, "POST"),
            [
                new("RecordingUrl", RecordingUrl(recording)),
                new("RecordingSid", recording.RecordingSid),
                new("RecordingDuration", CallRequests.Seconds(recording.Duration)),
                new("Digits", digits),
            ],
            callerIsThere);
    }

    /// <summary>After a verb that may have an action: its document, or the next verb, or, with the caller gone, the end.</summary>
    private async Task<Flow> ContinueAsync(ActionRequest? action, IReadOnlyList<KeyValuePair<string, string>> outcome, bool callerIsThere)
    {
        if (action is null)
        {
            return callerIsThere ? Flow.Next : Flow.End;
        }

        if (callerIsThere)
        {
            return await FetchAsync("action", Absolute(action.Url), action.Method, outcome) ? Flow.NewDocument : Flow.End;
        }

        // The action is asked all the same, for what it learns; nobody is left to hear its document.
        await RequestAsync("action", Absolute(action.Url), action.Method, outcome, "completed");
        return Flow.End;
    }

    private async Task<bool> FetchAsync(string kind, string url, string method, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        if (++documents > MostDocuments)
        {
            call.Add(new SimulationError(11205, $"the call asked for more than {MostDocuments} documents"));
            return false;
        }

        var exchange = await RequestAsync(kind, url, method, more, call.Status);
        clock.Resume();
        if (exchange.Answer is not { StatusCode: 200 } answer)
        {
            call.Add(new SimulationError(11200, $"no TwiML: {exchange.Attempts[^1].Detail ?? $"answered {exchange.Answer?.StatusCode}"}"));
            return false;
        }

        documentUrl = url;
        Document = TwimlDocument.Parse(answer.ContentType, answer.Body, options.AllowLoopback).Verbs;
        return true;
    }

    private async Task<WebhookExchange> RequestAsync(
        string kind, string url, string method, IReadOnlyList<KeyValuePair<string, string>> more, string status)
    {
        var parameters = requests.OfCall(status);
        parameters.AddRange(more);
        var exchange = await sender.SendAsync(new Webhook(kind, "", url, method, parameters), null, cancellationToken);
        call.Add(exchange);
        return exchange;
    }

    /// <summary>Moves the call on by 20 ms; false when it was ended from outside.</summary>
    private async Task<bool> StepAsync(ReadOnlyMemory<byte> inbound, ReadOnlyMemory<byte> outbound)
    {
        if (call.EndRequested)
        {
            return false;
        }

        await clock.NextAsync(cancellationToken);
        lock (recordingSync)
        {
            foreach (var recording in recordings)
            {
                recording.Record(inbound, outbound);
            }
        }

        foreach (var socket in sockets)
        {
            await socket.SendFrameAsync(inbound, outbound);
        }

        call.MoveTo(clock.Now, outbound, options.KeepFrames && answeredAt is not null);
        return true;
    }

    private void Answer()
    {
        if (answeredAt is not null)
        {
            return;
        }

        answeredAt = clock.Now;
        call.SetStatus("in-progress");
        TellStatus("answered", "in-progress", null);
    }

    private SimulatedRecording Start(string source, int channels, string track, bool trim, StatusCallback? callback)
    {
        var recording = new SimulatedRecording(
            Sid.Recording(), call.CallSid, source, channels, track, trim, options.SwapRecordingChannels, options.TimeProvider.GetUtcNow(), callback);
        recordings.Add(recording);
        call.Add(recording);
        library.Add(recording);
        TellRecording(recording, "in-progress");
        return recording;
    }

    private void OnStreamEnded(StreamNoun noun, SimulatedStream stream, StreamEnding ending, string? detail)
    {
        switch (ending)
        {
            case StreamEnding.Stopped or StreamEnding.ClosedByReceiver:
                TellStream(noun, stream, "stream-stopped", null);
                break;
            default:
                var code = ending switch
                {
                    StreamEnding.Refused => 31920,
                    StreamEnding.ProtocolError => 31924,
                    _ => 31921,
                };
                call.Add(new SimulationError(code, $"stream {stream.StreamSid}: {detail}"));
                TellStream(noun, stream, "stream-error", $"{code}: {detail}");
                break;
        }
    }

    private void TellStatus(string @event, string status, TimeSpan? duration)
    {
        // An inbound call's number is told the end alone; a call made over the API has named its events.
        var wanted = script.Direction == "outbound-api" ? script.StatusCallbackEvents.Contains(@event) : @event == "completed";
        if (statusCallback.Length > 0 && wanted)
        {
            var parameters = requests.AsProgress(requests.OfCall(status), callSequence++, duration);
            callbacks.Add(call.CallSid, new Webhook("call", @event, statusCallback, options.StatusCallbackMethod, parameters));
        }
    }

    private void TellStream(StreamNoun noun, SimulatedStream stream, string @event, string? error)
    {
        if (noun.Callback is not { } callback)
        {
            return;
        }

        List<KeyValuePair<string, string>> parameters =
        [
            new("AccountSid", options.AccountSid),
            new("CallSid", call.CallSid),
            new("StreamSid", stream.StreamSid),
            new("StreamName", stream.Name ?? ""),
            new("StreamEvent", @event),
            new("Timestamp", options.TimeProvider.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ];
        if (error is not null)
        {
            parameters.Add(new("StreamError", error));
        }

        callbacks.Add(stream.StreamSid, new Webhook("stream", @event, callback.Url, callback.Method, parameters));
    }

    private void TellRecording(SimulatedRecording recording, string status)
    {
        if (recording.Callback is not { } callback || !callback.Events.Contains(status))
        {
            return;
        }

        List<KeyValuePair<string, string>> parameters =
        [
            new("AccountSid", options.AccountSid),
            new("CallSid", call.CallSid),
            new("RecordingSid", recording.RecordingSid),
            new("RecordingUrl", RecordingUrl(recording)),
            new("RecordingStatus", status),
            new("RecordingChannels", recording.Channels.ToString(CultureInfo.InvariantCulture)),
            new("RecordingStartTime", CallRequests.Rfc2822(recording.StartedAt)),
            new("RecordingSource", recording.Source),
            new("RecordingTrack", recording.Track),
            new("ErrorCode", recording.ErrorCode.ToString(CultureInfo.InvariantCulture)),
        ];
        if (status != "in-progress")
        {
            parameters.Insert(5, new("RecordingDuration", CallRequests.Seconds(recording.Duration)));
        }

        callbacks.Add(recording.RecordingSid, new Webhook("recording", status, callback.Url, callback.Method, parameters));
    }

    private string RecordingUrl(SimulatedRecording recording) =>
        $"{options.ApiBaseUrl}/2010-04-01/Accounts/{options.AccountSid}/Recordings/{recording.RecordingSid}";

    // A relative address is meant against the document it stands in.
    private string Absolute(string url) =>
        url.StartsWith("http", StringComparison.Ordinal) ? url : new Uri(new Uri(documentUrl), url).AbsoluteUri;
}
