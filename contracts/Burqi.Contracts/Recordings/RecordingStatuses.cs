namespace Burqi.Contracts.Recordings;

/// <summary>
/// The values of <c>status</c>, in the order in which a recording goes through them. It never goes back: a message that arrives
/// late fills in what is missing and leaves the status as it is.
/// </summary>
public static class RecordingStatuses
{
    /// <summary>Audio is being captured.</summary>
    public const string Recording = "recording";

    /// <summary>The audio is whole and final where it was captured.</summary>
    public const string Captured = "captured";

    /// <summary>The audio is on its way to the store.</summary>
    public const string Archiving = "archiving";

    /// <summary>The audio lies in the store, its size and checksum verified.</summary>
    public const string Completed = "completed";

    /// <summary>Capturing or archiving failed; the reason is kept. A retry that succeeds still ends in <see cref="Completed"/>.</summary>
    public const string Failed = "failed";

    /// <summary>The provider says there is no audio (too short, or silent).</summary>
    public const string Absent = "absent";

    /// <summary>The audio was deleted; the row stays as its tombstone.</summary>
    public const string Deleted = "deleted";
}
