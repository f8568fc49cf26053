namespace Burqi.Contracts.Assistants;

/// <summary>
/// An assistant was created or changed, or is told again to whoever asked. Published by catalog. Whoever keeps assistants keeps the highest
/// <see cref="Version"/> of each.
/// </summary>
public sealed record AssistantSaved
{
    /// <summary>The assistant's id.</summary>
    public required string AssistantId { get; init; }

    /// <summary>Grows with every change of any assistant, deletion included.</summary>
    public required long Version { get; init; }

    /// <summary>The voice agent's own WebSocket (<c>wss://</c> or <c>ws://</c>), to which two-way streams are relayed; null where there is none.</summary>
    public string? MediaUrl { get; init; }

    /// <summary>Whether the assistant's calls are recorded.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The container of the finished files: <c>wav</c> or <c>mp3</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Samples per second and channel of the finished files, in Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>1: the mix is one channel. 2: it has the user on the left and the assistant on the right.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether the user's track becomes a recording of its own.</summary>
    public required bool RecordUserAudio { get; init; }

    /// <summary>Whether the assistant's track becomes a recording of its own.</summary>
    public required bool RecordAssistantAudio { get; init; }

    /// <summary>Whether both sides together become a recording.</summary>
    public required bool RecordMixedAudio { get; init; }

    /// <summary>Whether finished files are archived; otherwise they stay on the media node.</summary>
    public required bool AutoSave { get; init; }

    /// <summary>The folder for the files: <c>recordings</c> is the node's own recordings folder, any other a folder below that.</summary>
    public required string RecordingsDir { get; init; }

    /// <summary>Whether the recordings get rows in the catalog.</summary>
    public required bool CreateDatabaseRecords { get; init; }

    /// <summary>The name under which the services' configuration holds the assistant's own Twilio credentials; null: the default ones.</summary>
    public string? TwilioCredentials { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>
    /// After how many days the provider's own copy of a recording is deleted, once ours is verified: 0 is at once; null keeps it there.
    /// </summary>
    public int? DeleteAtProviderAfterDays { get; init; }
}
