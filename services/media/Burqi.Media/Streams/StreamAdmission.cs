using System.Collections.Concurrent;
using Burqi.Assistants;
using Burqi.Contracts;
using Burqi.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Streams;

/// <summary>
/// Decides, by what a stream says of itself, whether it belongs to the call it names, whose call that is, and whether audio goes both ways.
/// </summary>
internal sealed partial class StreamAdmission(
    IOptions<MediaOptions> options,
    AssistantDirectory assistants,
    TimeProvider time,
    ILogger<StreamAdmission> logger)
{
    /// <summary>A socket that was silent for so long no longer keeps its token from another.</summary>
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(2);

    private readonly byte[]? _key = StreamToken.DeriveKey(options.Value.StreamSecret, options.Value.TwilioAuthToken);
    private readonly ConcurrentDictionary<string, Holder> _held = new(StringComparer.Ordinal);

    /// <summary>The stream with all that is known of it; null when it is refused.</summary>
    /// <param name="start">What the stream says of itself.</param>
    /// <param name="isTwoWay">Whether it came to the address of two-way streams.</param>
    /// <param name="session">Its socket, which holds the stream's token until <see cref="Release"/>.</param>
    /// <param name="nonce">What tells the token from others; null where the stream has none.</param>
    public StreamStart? Admit(StreamStart start, bool isTwoWay, MediaStreamSession session, out string? nonce)
    {
        nonce = null;
        var assistantId = start.ClaimedAssistantId;
        if (start.Provider == Providers.Twilio && !TryCheckToken(start, session, ref assistantId, out nonce))
        {
            return null;
        }

        if (!AssistantId.IsValid(assistantId))
        {
            return start with { IsTwoWay = isTwoWay, Tracks = isTwoWay ? [MediaTrack.User] : start.Tracks };
        }

        var assistant = assistants.Find(assistantId);
        if (assistant is null)
        {
            Log.AssistantUnknown(logger, start.CallId, start.StreamId, assistantId!);
        }

        var agent = Uri.TryCreate(assistant?.MediaUrl, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" ? url : null;

        // A stream that brings what the provider plays is a copy: nothing may be sent to it.
        isTwoWay |= agent is not null && !start.Tracks.Contains(MediaTrack.Assistant);
        return start with
        {
            AssistantId = assistantId,
            Assistant = assistant,
            IsTwoWay = isTwoWay,
            AgentUrl = isTwoWay ? agent : null,
            Tracks = isTwoWay && start.Provider == Providers.Twilio ? [MediaTrack.User] : start.Tracks,
        };
    }

    /// <summary>The socket is gone: another one may come with its token.</summary>
    public void Release(string nonce, MediaStreamSession session)
    {
        if (_held.TryGetValue(nonce, out var holder) && holder.Session == session)
        {
            _held.TryRemove(KeyValuePair.Create(nonce, holder));
        }
    }

    private bool TryCheckToken(StreamStart start, MediaStreamSession session, ref string? assistantId, out string? nonce)
    {
        nonce = null;
        var isGood = StreamToken.TryRead(_key ?? [], _key is null ? null : start.Token, start.Provider, start.CallId, time.GetUtcNow(), out var token);
        if (!isGood)
        {
            var mayLack = !options.Value.VerifySignatures || (!options.Value.RequireStreamTokens && start.Token is null);
            if (!mayLack)
            {
                Log.TokenRefused(logger, start.CallId, start.StreamId);
            }

            return mayLack;
        }

        var held = new Holder(session, start.StreamId);
        var holder = _held.AddOrUpdate(
            token!.Nonce,
            static (_, mine) => mine,
            static (_, other, mine) => other.StreamId == mine.StreamId || other.Session.SilentFor() >= DeadAfter ? mine : other,
            held);
        if (holder != held)
        {
            Log.TokenHeld(logger, start.CallId, start.StreamId);
            return false;
        }

        nonce = token.Nonce;
        assistantId = token.AssistantId;
        return true;
    }

    private sealed record Holder(MediaStreamSession Session, string StreamId);

    private static partial class Log
    {
        [LoggerMessage(3160, LogLevel.Warning, "Stream {StreamId} is refused: it has no token, or none that is good for call {CallId}")]
        public static partial void TokenRefused(ILogger logger, string callId, string streamId);

        [LoggerMessage(3161, LogLevel.Warning, "Stream {StreamId} is refused: the token of call {CallId} is in use by another stream")]
        public static partial void TokenHeld(ILogger logger, string callId, string streamId);

        [LoggerMessage(3162, LogLevel.Warning, "Assistant {AssistantId} of stream {StreamId}, call {CallId}, is not known here: the call is recorded as one without an assistant")]
        public static partial void AssistantUnknown(ILogger logger, string callId, string streamId, string assistantId);
    }
}
