using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Queues;

/// <summary>How an attempt at a job ended, as far as its destinations are concerned.</summary>
/// <param name="Failure">What went wrong; null for nothing.</param>
/// <param name="IsKnown">False: it was broken off, or nobody was asked: that says nothing about anybody.</param>
internal readonly record struct JobEnd(TransferFailure? Failure, bool IsKnown)
{
    public static JobEnd Done => new(Failure: null, IsKnown: true);

    public static JobEnd BrokenOff => new(Failure: null, IsKnown: false);

    public static JobEnd Failed(TransferFailure failure) => new(failure, IsKnown: true);

    /// <summary>Whether the destination did its part; null where this end does not tell.</summary>
    public bool? Speaks(bool forStore) => !IsKnown ? null : Failure switch
    {
        null => true,
        TransferFailure.StoreUnavailable or TransferFailure.StoreMismatch => forStore ? false : null,
        TransferFailure.SourceUnavailable => forStore ? null : false,
        TransferFailure.Refused or TransferFailure.Unexpected => null,

        // Whatever a source said, it said something; nothing reached the store for good.
        _ => forStore ? null : true,
    };
}
