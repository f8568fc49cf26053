namespace Burqi.Media.Tee;

internal enum AgentMessageKind
{
    /// <summary>Nothing that changes what the caller hears, or nothing that is understood: it is passed on all the same.</summary>
    Other = 0,

    /// <summary>Audio for the caller.</summary>
    Audio,

    /// <summary>What has not been played is dropped.</summary>
    Clear,

    /// <summary>The provider is to say when what was sent so far has been played.</summary>
    Mark,
}

/// <summary>What an agent tells a provider, in neutral words. Samples and name lie in the reader's own memory or in the message, until its next message.</summary>
internal readonly ref struct AgentMessage
{
    public AgentMessageKind Kind { get; init; }

    /// <summary>16-bit linear samples at the stream's rate.</summary>
    public ReadOnlySpan<short> Samples { get; init; }

    /// <summary>The mark's name in UTF-8.</summary>
    public ReadOnlySpan<byte> Mark { get; init; }
}

/// <summary>Reads what an agent sends to one stream of a provider's.</summary>
internal interface IAgentMessageReader : IDisposable
{
    /// <summary>Reads a whole text message and leaves it as it is. It never throws for what the message holds.</summary>
    AgentMessage Read(ReadOnlySpan<byte> message);
}
