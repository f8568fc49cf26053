using Burqi.Assistants;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Ingress.Twilio.Rest;
using Burqi.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.RecordingControl;

/// <summary>
/// Does what was asked of Twilio's recording of a call. One call's requests go one after the other, and one that comes after a later one is
/// not carried out: a pause that comes late must not undo a resume. What was done is remembered for a while, so that a message that comes again
/// asks Twilio nothing.
/// </summary>
internal sealed partial class TwilioRecordingControl(
    TwilioRest twilio,
    AssistantDirectory assistants,
    IOptions<TwilioOptions> options,
    TimeProvider time,
    ILogger<TwilioRecordingControl> logger)
{
    private const string Answerer = "twilio";
    private const int MaxRemembered = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CallState> _calls = new(StringComparer.Ordinal);

    /// <summary>The answer; null where the request is none of Twilio's business.</summary>
    public async Task<RecordingControlAnswered?> ExecuteAsync(RecordingControlRequested request, CancellationToken cancellationToken)
    {
        if (request.Provider != Providers.Twilio || StatusOf(request.Action) is not { } status)
        {
            return null;
        }

        var call = Remember(request.CallId);
        await call.Turn.WaitAsync(cancellationToken);
        try
        {
            if (call.Answer is { } known && known.ControlId == request.ControlId)
            {
                return known;
            }

            if (call.RequestedAt > request.RequestedAt)
            {
                return Answer(request, "What was asked after it has been done already.");
            }

            var complaint = await AskAsync(request, status, cancellationToken);
            if (complaint is null)
            {
                Log.Done(logger, request.CallId, request.Action);
            }
            else
            {
                Log.NotDone(logger, request.CallId, request.Action, complaint);
            }

            call.RequestedAt = request.RequestedAt;
            call.Answer = Answer(request, complaint);
            return call.Answer;
        }
        finally
        {
            call.Turn.Release();
        }
    }

    private static string? StatusOf(string action) => action switch
    {
        RecordingControls.Pause => "paused",
        RecordingControls.Resume => "in-progress",
        RecordingControls.Stop => "stopped",
        _ => null,
    };

    private async Task<string?> AskAsync(RecordingControlRequested request, string status, CancellationToken cancellationToken)
    {
        var name = assistants.Find(request.AssistantId)?.TwilioCredentials;
        if (options.Value.Credentials.Choose(name, request.AccountId) is not { } credentials)
        {
            return TwilioCredentials.Missing(name!);
        }

        if (credentials.Lack is { } lack)
        {
            return lack;
        }

        // They become a path that credentials are sent to.
        var account = request.AccountId ?? credentials.AccountSid;
        return TwilioSid.IsValid(account, TwilioSid.Account) && TwilioSid.IsValid(request.CallId, TwilioSid.Call)
            ? await twilio.SetRecordingStatusAsync(account, request.CallId, status, credentials, cancellationToken)
            : "The call's or its account's id is not one of Twilio's.";
    }

    private RecordingControlAnswered Answer(RecordingControlRequested request, string? complaint) => new()
    {
        ControlId = request.ControlId,
        Provider = request.Provider,
        CallId = request.CallId,
        Action = request.Action,
        Scope = RecordingScopes.Provider,
        Answerer = Answerer,
        Applied = complaint is null,
        Reason = complaint,
        AnsweredAt = time.GetUtcNow(),
    };

    private CallState Remember(string callId)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(callId, out var call))
            {
                if (_calls.Count >= MaxRemembered)
                {
                    // The half that was asked of least lately; whoever is in the middle of it keeps its own.
                    foreach (var old in _calls.OrderBy(known => known.Value.RequestedAt).Take(MaxRemembered / 2).Select(known => known.Key).ToArray())
                    {
                        _calls.Remove(old);
                    }
                }

                call = new CallState();
                _calls.Add(callId, call);
            }

            return call;
        }
    }

    /// <summary>What was last asked of Twilio for a call.</summary>
    private sealed class CallState
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public DateTimeOffset RequestedAt { get; set; } = DateTimeOffset.MinValue;

        public RecordingControlAnswered? Answer { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(2140, LogLevel.Information, "Call {CallId}: Twilio did what was asked of its recording: {Action}")]
        public static partial void Done(ILogger logger, string callId, string action);

        [LoggerMessage(2141, LogLevel.Warning, "Call {CallId}: Twilio did not {Action} its recording: {Reason}")]
        public static partial void NotDone(ILogger logger, string callId, string action, string reason);
    }
}
