namespace Burqi.Archiver.Sources;

/// <summary>A place that finished recordings are fetched from.</summary>
internal interface IRecordingSource
{
    /// <summary>The name by which jobs refer to it; it is stored, so it never changes.</summary>
    string Kind { get; }

    /// <summary>Opens a recording from its first byte.</summary>
    /// <exception cref="ArchiveRecording.TransferException">It cannot be had now, or at all; nothing else is thrown for that.</exception>
    Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken);
}
