namespace Burqi.Archiver.Jobs;

/// <summary>The values of <c>step</c>: what is to be done with the recording. A recording has at most one job of each.</summary>
internal static class JobSteps
{
    /// <summary>Bring it from its source into the store.</summary>
    public const string Archive = "archive";

    /// <summary>
    /// Make a recording of one channel of what lies in the store. A step of its own: a replica of an older release, which asks for
    /// <see cref="Archive"/> alone, would not know how, and give it up.
    /// </summary>
    public const string Split = "split";

    /// <summary>Move what lies in the fallback store to the first.</summary>
    public const string Move = "move";

    /// <summary>Delete the provider's own copy of what is archived.</summary>
    public const string DeleteAtProvider = "delete-at-provider";

    /// <summary>Have the store keep the object more cheaply, or again at hand.</summary>
    public const string SetTier = "set-tier";

    /// <summary>Delete the recording wherever it lies.</summary>
    public const string DeleteRecording = "delete-recording";

    /// <summary>Read what lies in the store for its outline.</summary>
    public const string Waveform = "waveform";

    /// <summary>All of them, in the order in which they are taken up: what may be the only copy comes before what is a copy too many, and what is only drawn comes last.</summary>
    public static readonly IReadOnlyList<string> InOrder = [Archive, Split, Move, DeleteAtProvider, SetTier, DeleteRecording, Waveform];

    /// <summary>Whether the step brings audio into the store, rather than doing something about what lies there.</summary>
    public static bool Transfers(string step) => step is Archive or Split;
}
