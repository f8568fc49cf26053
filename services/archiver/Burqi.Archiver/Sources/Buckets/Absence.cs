using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources.Buckets;

/// <summary>What it means that a file is not where it was said to be.</summary>
internal static class Absence
{
    /// <summary>Whoever told of it may have been quicker than its upload: only after a while is a missing file a lost one.</summary>
    public static TransferException Of(string place, SourceRequest request, ArchiverOptions options) => request.TryingFor < options.MissingFileGrace
        ? new(TransferFailure.SourceNotReady, $"The recording is not in {place} yet (404).")
        : new(TransferFailure.SourceGone, $"The recording has not been in {place} (404) for {request.TryingFor.TotalMinutes:0} min.");
}
