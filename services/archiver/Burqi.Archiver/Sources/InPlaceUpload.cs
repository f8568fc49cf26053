using Burqi.Archiver.Stores;

namespace Burqi.Archiver.Sources;

/// <summary>The upload of what lies under its key already: it is read through, and nothing is written.</summary>
internal sealed class InPlaceUpload : IRecordingUpload
{
    public static readonly InPlaceUpload Instance = new();

    private InPlaceUpload()
    {
    }

    public Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CommitAsync(string sha256, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
