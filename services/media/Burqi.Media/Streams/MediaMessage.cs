namespace Burqi.Media.Streams;

internal enum MediaMessageKind
{
    /// <summary>Not what the protocol allows.</summary>
    Malformed = 0,

    /// <summary>Allowed, and nothing to do.</summary>
    Other,

    /// <summary>The stream introduces itself.</summary>
    Start,

    /// <summary>Audio.</summary>
    Frame,

    /// <summary>The stream ends.</summary>
    Stop,
}

/// <summary>A provider's message in neutral words. A frame's samples lie in the reader's own memory, until its next message.</summary>
internal readonly ref struct MediaMessage
{
    /// <summary>Stands for a sequence number that was not given.</summary>
    public const long NoSequence = -1;

    public required MediaMessageKind Kind { get; init; }

    /// <summary>The message's place in the stream's order, or <see cref="NoSequence"/>.</summary>
    public long Sequence { get; init; }

    public MediaTrack Track { get; init; }

    /// <summary>When the frame is heard, in ms from the start of the stream.</summary>
    public long TimestampMs { get; init; }

    /// <summary>16-bit linear samples at the stream's rate.</summary>
    public ReadOnlySpan<short> Samples { get; init; }

    public StreamStart? Start { get; init; }

    /// <summary>What is wrong with a malformed message, in words that hold nothing of its content.</summary>
    public string? Complaint { get; init; }
}

/// <summary>Turns a provider's messages into neutral ones. One reader belongs to one socket.</summary>
internal interface IMediaMessageReader : IDisposable
{
    /// <summary>Reads a whole text message. It never throws for what the message holds, and may overwrite the message.</summary>
    MediaMessage Read(Span<byte> message);
}
