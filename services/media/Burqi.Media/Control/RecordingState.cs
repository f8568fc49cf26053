namespace Burqi.Media.Control;

/// <summary>What was last asked of a call's recordings.</summary>
internal enum RecordingState
{
    /// <summary>Nothing: they record.</summary>
    Recorded = 0,

    /// <summary>Silence takes the place of what is said.</summary>
    Paused,

    /// <summary>Nothing is recorded any more.</summary>
    Stopped,
}

/// <summary>What a request means beside those that are known.</summary>
internal enum ControlNews
{
    /// <summary>It came before.</summary>
    Known = 0,

    /// <summary>It is new, and what was asked after it is known already.</summary>
    Outdated,

    /// <summary>It says what is to be from now on.</summary>
    Current,
}
