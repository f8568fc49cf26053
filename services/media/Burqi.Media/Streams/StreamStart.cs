using Burqi.Contracts.Assistants;

namespace Burqi.Media.Streams;

/// <summary>What a stream says of itself before its first frame. The ids were checked by the provider's reader: they are safe in a path.</summary>
internal sealed record StreamStart
{
    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string StreamId { get; init; }

    public required string? AccountId { get; init; }

    public required int SampleRate { get; init; }

    /// <summary>The tracks announced; one that turns up unannounced is recorded as well.</summary>
    public required IReadOnlyList<MediaTrack> Tracks { get; init; }

    /// <summary>W3C trace context of the call; null where none or a malformed one was given.</summary>
    public required string? TraceParent { get; init; }

    /// <summary>The assistant that took the call, whether or not this node knows it; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>That assistant; null where none took the call, or this node does not know it.</summary>
    public AssistantSaved? Assistant { get; init; }

    /// <summary>Whether audio goes to the provider as well: then what we send is the assistant's track.</summary>
    public bool IsTwoWay { get; init; }

    /// <summary>The voice agent that a two-way stream is relayed to; null: nobody answers, and the caller alone is recorded.</summary>
    public Uri? AgentUrl { get; init; }

    /// <summary>
    /// Timestamps are times of day, in ms since 1970 and read off a clock when the audio came, and not counted from the start of the stream.
    /// </summary>
    public bool IsWallClock { get; init; }

    /// <summary>What the stream was given to show that it belongs to its call; not checked by the reader. Never logged.</summary>
    public string? Token { get; init; }

    /// <summary>The assistant that the stream itself names; not checked by the reader, and nothing to go by where a token is required.</summary>
    public string? ClaimedAssistantId { get; init; }

    /// <summary>
    /// Whether the provider may bring a stream again whose recording is final: it is then recorded anew. Otherwise a stream that comes twice is
    /// somebody's trick, and refused.
    /// </summary>
    public bool MayComeAgain { get; init; }
}
