namespace Burqi.Archiver.Queues;

/// <summary>How the way to a destination is; the numbers are those of the gauge.</summary>
internal enum DestinationState
{
    /// <summary>Jobs go there.</summary>
    Closed = 0,

    /// <summary>It is time that one job tries it, or one does.</summary>
    HalfOpen = 1,

    /// <summary>It has failed too often and is left alone.</summary>
    Open = 2,
}
