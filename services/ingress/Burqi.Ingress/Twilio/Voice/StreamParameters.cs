using System.Diagnostics;
using Burqi.Contracts;
using Burqi.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>What a stream's <c>start</c> tells media: whose call it is, so that nobody else can say so, and which trace it belongs to.</summary>
internal sealed partial class StreamParameters(IOptions<TwilioOptions> options, TimeProvider time, ILogger<StreamParameters> logger)
{
    private const string Assistant = "assistant_id";
    private const string Token = "token";
    private const string TraceParent = "traceparent";

    // Null with signatures unchecked and no secret: then media takes the stream's own word.
    private readonly byte[]? _key = StreamToken.DeriveKey(options.Value.StreamSecret, options.Value.AuthToken);

    /// <summary>A stream's name: unique per call, as Twilio wants it.</summary>
    public static string NameOf(string callSid) => "burqi-" + callSid;

    public IReadOnlyList<KeyValuePair<string, string>> For(string callSid, string? assistantId)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        if (assistantId is not null)
        {
            parameters.Add(new(Assistant, assistantId));
        }

        if (TokenFor(callSid, assistantId) is { } token)
        {
            parameters.Add(new(Token, token));
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } traceParent })
        {
            parameters.Add(new(TraceParent, traceParent));
        }

        return parameters;
    }

    private string? TokenFor(string callSid, string? assistantId)
    {
        try
        {
            return _key is null ? null : StreamToken.Create(_key, Providers.Twilio, callSid, assistantId, time.GetUtcNow() + StreamToken.Lifetime);
        }
        catch (Exception exception)
        {
            // A stream that media may refuse is better than none: the call goes on with what comes after it.
            Log.NoToken(logger, exception, callSid);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2203, LogLevel.Error, "The stream of call {CallId} is given no token: media may refuse it")]
        public static partial void NoToken(ILogger logger, Exception exception, string callId);
    }
}
