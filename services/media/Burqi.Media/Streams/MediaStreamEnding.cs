namespace Burqi.Media.Streams;

/// <summary>How a media stream came to its end. Every one but <see cref="None"/> finalizes what was recorded.</summary>
internal enum MediaStreamEnding
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>The provider said so.</summary>
    Stop,

    /// <summary>The peer closed the socket without saying so first.</summary>
    Closed,

    /// <summary>The connection broke.</summary>
    Aborted,

    /// <summary>Nothing came for too long.</summary>
    Idle,

    /// <summary>The stream did not introduce itself in time.</summary>
    NoStart,

    /// <summary>A message was larger than allowed.</summary>
    Oversized,

    /// <summary>Too many messages could not be read.</summary>
    Malformed,

    /// <summary>The stream is not one this node records: another account's, an unknown format, or a stream already recorded.</summary>
    Refused,

    /// <summary>This process is stopping.</summary>
    Draining,

    /// <summary>The voice agent closed its side.</summary>
    AgentClosed,

    /// <summary>The voice agent was not to be reached, broke off, or took nothing any more.</summary>
    AgentFailed,
}
