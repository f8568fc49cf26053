namespace Burqi.Archiver.Sources;

/// <summary>A recording as it comes from its source.</summary>
/// <param name="body">Its bytes. Reading throws a TransferException when the source breaks off or stalls.</param>
/// <param name="length">How many bytes the source says will come; null where it does not say.</param>
/// <param name="owner">What holds the connection.</param>
internal sealed class SourceContent(Stream body, long? length, IDisposable owner) : IAsyncDisposable
{
    public Stream Body { get; } = body;

    public long? Length { get; } = length;

    public async ValueTask DisposeAsync()
    {
        await Body.DisposeAsync();
        owner.Dispose();
    }
}
