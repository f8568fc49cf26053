using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources;

/// <summary>A recording as it comes from its source.</summary>
/// <param name="body">Its bytes. Reading throws a TransferException when the source breaks off or stalls.</param>
/// <param name="length">How many bytes the source says will come; null where it does not say.</param>
/// <param name="owner">What holds the connection.</param>
internal sealed class SourceContent(Stream body, long? length, IDisposable owner) : IAsyncDisposable
{
    public Stream Body { get; } = body;

    public long? Length { get; } = length;

    /// <summary>Where the bytes lie, where that may be the very object they are to become; null where they are elsewhere.</summary>
    public StoredPlace? Place { get; set; }

    /// <summary>What the source has to say against audio that came whole; null where it takes any.</summary>
    public ContentObjection? Objection { get; set; }

    public async ValueTask DisposeAsync()
    {
        await Body.DisposeAsync();
        owner.Dispose();
    }
}

/// <summary>An object in one of our stores.</summary>
/// <param name="Store">One of <see cref="StoreNames"/>.</param>
/// <param name="Key">Its name there, which need not be one of ours.</param>
internal sealed record StoredPlace(string Store, string Key);

/// <summary>Why content is not the recording that was asked for; null when it is.</summary>
/// <param name="measured">What the content is; null where it is no audio at all.</param>
/// <param name="cancellationToken">Stops the question.</param>
internal delegate Task<TransferException?> ContentObjection(MeasuredAudio? measured, CancellationToken cancellationToken);

/// <summary>What audio turned out to be.</summary>
/// <param name="DurationMs">Its length in ms, by its samples.</param>
/// <param name="Channels">How many channels it has.</param>
internal sealed record MeasuredAudio(long DurationMs, int Channels);
