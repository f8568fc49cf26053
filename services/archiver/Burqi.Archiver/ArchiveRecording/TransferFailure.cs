namespace Burqi.Archiver.ArchiveRecording;

/// <summary>The expected ways in which an attempt ends without a stored recording, and who is to blame. Its names are the <c>reason</c> of the metrics.</summary>
internal enum TransferFailure
{
    /// <summary>The source knows the recording but has no audio for it yet.</summary>
    SourceNotReady,

    /// <summary>The source could not be reached, was too busy or broke off.</summary>
    SourceUnavailable,

    /// <summary>The source would not let us in.</summary>
    SourceRefused,

    /// <summary>The source says that there is no audio and will be none. Permanent.</summary>
    SourceGone,

    /// <summary>What the source sent is not a recording.</summary>
    SourceNotAudio,

    /// <summary>What the source sent is shorter, longer or other than it said.</summary>
    ContentMismatch,

    /// <summary>The store could not be reached or would not take the object.</summary>
    StoreUnavailable,

    /// <summary>What the store gives back is not what it was given.</summary>
    StoreMismatch,

    /// <summary>The job cannot be done as it is described. Permanent.</summary>
    Refused,

    /// <summary>Something that nobody thought of.</summary>
    Unexpected,
}
