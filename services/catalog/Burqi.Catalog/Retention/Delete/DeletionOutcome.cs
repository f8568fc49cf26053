namespace Burqi.Catalog.Retention.Delete;

/// <summary>What came of asking for a deletion.</summary>
internal enum DeletionOutcome
{
    /// <summary>It is asked for, now or since before.</summary>
    Requested = 0,

    /// <summary>The call has no such recording.</summary>
    NoSuchRecording,

    /// <summary>A legal hold keeps it.</summary>
    Held,

    /// <summary>It is deleted already.</summary>
    Deleted,

    /// <summary>It is still being recorded.</summary>
    StillRecording,

    /// <summary>There was never any audio.</summary>
    HasNoAudio,

    /// <summary>Its file stays on the node that recorded it, as its assistant wishes.</summary>
    NotArchived,

    /// <summary>The call's mix points at its object.</summary>
    ShownByMix,

    /// <summary>The policy does not, or no longer, say so.</summary>
    NotDue,
}
