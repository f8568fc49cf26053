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

    /// <summary>What an agent sent before a mark of its own has been played, or cleared.</summary>
    Mark,

    /// <summary>The stream ends.</summary>
    Stop,
}

/// <summary>
/// A provider's message in neutral words. A frame's samples and participant, and a mark's name, lie in the reader's own memory or in the message, until the
/// reader's next message.
/// </summary>
internal readonly ref struct MediaMessage
{
    /// <summary>Stands for a sequence number that was not given.</summary>
    public const long NoSequence = -1;

    public required MediaMessageKind Kind { get; init; }

    /// <summary>The message's place in the stream's order, or <see cref="NoSequence"/>.</summary>
    public long Sequence { get; init; }

    public MediaTrack Track { get; init; }

    /// <summary>The id of a <see cref="MediaTrack.Participant"/> in UTF-8. Personal data: a telephone number, often.</summary>
    public ReadOnlySpan<byte> Participant { get; init; }

    /// <summary>When the frame is heard, in ms on the stream's clock.</summary>
    public long TimestampMs { get; init; }

    /// <summary>The timestamp was written without a fraction of its second: it may stand for any moment of it.</summary>
    public bool WholeSecond { get; init; }

    /// <summary>16-bit linear samples at the stream's rate.</summary>
    public ReadOnlySpan<short> Samples { get; init; }

    public StreamStart? Start { get; init; }

    /// <summary>The name of a mark that came back, in UTF-8.</summary>
    public ReadOnlySpan<byte> Mark { get; init; }

    /// <summary>What is wrong with a malformed message, in words that hold nothing of its content.</summary>
    public string? Complaint { get; init; }

    public static MediaMessage Malformed(string complaint) => new() { Kind = MediaMessageKind.Malformed, Complaint = complaint };
}

/// <summary>Turns a provider's messages into neutral ones. One reader belongs to one socket.</summary>
internal interface IMediaMessageReader : IDisposable
{
    /// <summary>Reads a whole text message and leaves it as it is. It never throws for what the message holds.</summary>
    MediaMessage Read(ReadOnlySpan<byte> message);
}
