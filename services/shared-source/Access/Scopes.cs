namespace Burqi.Access;

/// <summary>What a key can open.</summary>
internal static class Scopes
{
    /// <summary>Calls, recordings and assistants as they are listed and described, waveforms among them.</summary>
    public const string RecordingsRead = "recordings:read";

    /// <summary>Listening to a recording, and sharing it.</summary>
    public const string RecordingsPlay = "recordings:play";

    /// <summary>Taking a recording away as a file.</summary>
    public const string RecordingsDownload = "recordings:download";

    /// <summary>Deleting a recording, and the legal hold that keeps it.</summary>
    public const string RecordingsDelete = "recordings:delete";

    /// <summary>Pausing, resuming and stopping a live recording.</summary>
    public const string RecordingsControl = "recordings:control";

    /// <summary>Making, changing and deleting assistants.</summary>
    public const string AssistantsWrite = "assistants:write";

    /// <summary>Making calls.</summary>
    public const string CallsPlace = "calls:place";

    /// <summary>Opens everything.</summary>
    public const string Admin = "admin";

    /// <summary>All that there are.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        RecordingsRead, RecordingsPlay, RecordingsDownload, RecordingsDelete, RecordingsControl, AssistantsWrite, CallsPlace, Admin,
    ];
}
