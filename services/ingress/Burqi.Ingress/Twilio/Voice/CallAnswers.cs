using Burqi.Ingress.Twilio.Twiml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>
/// Makes the answer to a call. A call comes before its recording: a part that cannot be made is logged, counted and left out, and there is
/// always something that keeps the call alive.
/// </summary>
internal sealed partial class CallAnswers(
    StreamParameters parameters,
    IOptions<TwilioOptions> twilio,
    IngressTelemetry telemetry,
    ILogger<CallAnswers> logger)
{
    private const string Language = "en-US";
    private const string RecordedWithNobody = "This call is recorded. There is nobody to connect you to. Please say what you have to say, and hang up.";
    private const string Nobody = "There is nobody to connect you to. Please call again later.";
    private const string AssistantGone = "The assistant is no longer on the line. Thank you for your call. Goodbye.";

    /// <summary>How long a caller whom nobody answers may speak: a pause keeps the call, and so its recordings, alive.</summary>
    private static readonly TimeSpan TimeToSpeak = TimeSpan.FromMinutes(5);

    /// <summary>What needs nothing of the request, of the configuration or of anything else.</summary>
    private static readonly TwimlDocument WithNothing = new VoiceResponse().Say(Nobody, Language).Pause(TimeToSpeak).ToDocument();

    public TwimlDocument Answer(CallPlan plan)
    {
        try
        {
            return Write(plan).ToDocument();
        }
        catch (Exception exception)
        {
            LeftOut("document", plan.CallSid, exception);
        }

        return plan.Number is { } number ? Bare(number, plan.CallSid) : WithNothing;
    }

    /// <summary>The answer where not even a plan could be made.</summary>
    public TwimlDocument LastResort(Exception exception)
    {
        LeftOut("everything", callSid: null, exception);
        return WithNothing;
    }

    private VoiceResponse Write(CallPlan plan)
    {
        var twiml = new VoiceResponse();
        var isRecorded = false;
        var isConnected = false;
        if (plan.CallSid is { } callSid)
        {
            if (plan.AssistantId is null)
            {
                isRecorded = Try("stream", callSid, () => twiml.Start(
                    Stream(plan, callSid, TwilioRoutes.MediaStreamUrl(plan.BaseUrl)) with { Track = twilio.Value.StreamTrack }));
            }

            if (plan.IsRecorded)
            {
                isRecorded |= Try("recording", callSid, () => twiml.Start(Recording(plan)));
            }

            if (plan.AssistantId is not null)
            {
                isConnected = Try("assistant", callSid, () => twiml.Connect(Stream(plan, callSid, TwilioRoutes.TwoWayStreamUrl(plan.BaseUrl))));
            }
        }

        if (plan.Number is { } number
            && (Try("dial", plan.CallSid, () => twiml.Dial(Dial(plan, number))) || Try("bare-dial", plan.CallSid, () => twiml.Dial(BareDial(number)))))
        {
            return twiml;
        }

        return isConnected ? twiml.Say(AssistantGone, Language)
            : twiml.Say(isRecorded ? RecordedWithNobody : Nobody, Language).Pause(TimeToSpeak);
    }

    // No track for a two-way stream: it gives the caller's alone.
    private StreamNoun Stream(CallPlan plan, string callSid, string url) => new()
    {
        Name = StreamParameters.NameOf(callSid),
        Url = url,
        StatusCallback = TwilioRoutes.CallbackUrl(plan.BaseUrl, TwilioRoutes.StreamStatus),
        Parameters = parameters.For(callSid, plan.AssistantId),
    };

    private RecordingNoun Recording(CallPlan plan) => new()
    {
        Channels = twilio.Value.RecordingChannels,
        Track = twilio.Value.RecordingTrack,
        Trim = twilio.Value.RecordingTrim,
        Callback = new(TwilioRoutes.CallbackUrl(plan.BaseUrl, TwilioRoutes.RecordingStatus, plan.RecordingQuery), twilio.Value.RecordingEvents),
    };

    // Never with a recording of its own: one that is started before it records this leg already.
    private DialVerb Dial(CallPlan plan, string number) => new()
    {
        Number = number,
        NumberStatusCallback = TwilioRoutes.CallbackUrl(plan.BaseUrl, TwilioRoutes.CallStatus),
        CallerId = twilio.Value.CallerId,
        Timeout = twilio.Value.DialTimeout,
        AnswerOnBridge = twilio.Value.DialAnswerOnBridge,
    };

    /// <summary>Nothing that the call can do without.</summary>
    private DialVerb BareDial(string number) => new() { Number = number, CallerId = twilio.Value.CallerId };

    private TwimlDocument Bare(string number, string? callSid)
    {
        try
        {
            return new VoiceResponse().Dial(BareDial(number)).ToDocument();
        }
        catch (Exception exception)
        {
            LeftOut("bare-dial", callSid, exception);
            return WithNothing;
        }
    }

    private bool Try(string part, string? callSid, Action add)
    {
        try
        {
            add();
            return true;
        }
        catch (Exception exception)
        {
            LeftOut(part, callSid, exception);
            return false;
        }
    }

    private void LeftOut(string part, string? callSid, Exception exception)
    {
        telemetry.TwimlLeftOut(part);
        Log.LeftOut(logger, exception, callSid, part);
    }

    private static partial class Log
    {
        [LoggerMessage(2204, LogLevel.Error, "Call {CallId} is answered without a part that could not be made: {Part}")]
        public static partial void LeftOut(ILogger logger, Exception exception, string? callId, string part);
    }
}
