namespace Burqi.Contracts.Recordings;

/// <summary>The values of <c>recording_type</c>: what a recording holds.</summary>
public static class RecordingTypes
{
    /// <summary>The caller's side alone.</summary>
    public const string User = "user";

    /// <summary>The other side alone: the voice agent's, or the dialled party's.</summary>
    public const string Assistant = "assistant";

    /// <summary>Both sides on one timeline.</summary>
    public const string Mixed = "mixed";

    /// <summary>A file that the provider recorded, kept as it came.</summary>
    public const string Provider = "provider";

    /// <summary>One piece of a recording that the provider delivers in pieces.</summary>
    public const string Chunk = "chunk";

    /// <summary>
    /// One further participant of a call whose provider separates the voices: the word with the participant's number in the call behind it,
    /// from <c>participant3</c> on, the first two being the user and the assistant.
    /// </summary>
    public const string Participant = "participant";
}
