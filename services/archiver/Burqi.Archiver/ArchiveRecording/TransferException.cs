namespace Burqi.Archiver.ArchiveRecording;

/// <summary>An attempt ended without a stored recording. The message is one sentence for an operator: no signature, no secret, no address of a person.</summary>
internal sealed class TransferException(TransferFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public TransferFailure Failure { get; } = failure;

    /// <summary>No further attempt can end differently.</summary>
    public bool IsPermanent => Failure is TransferFailure.SourceGone or TransferFailure.Refused;

    /// <summary>It is tried again however long it takes: what the attempt is about is safe meanwhile.</summary>
    public bool IsPatient { get; init; }

    /// <summary>How long the source asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
