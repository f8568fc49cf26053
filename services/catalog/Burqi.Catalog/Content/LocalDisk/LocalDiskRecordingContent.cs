using Burqi.Disk;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.LocalDisk;

/// <summary>Objects as files below <c>{BURQI_DATA_DIR}/objects</c>, and never elsewhere.</summary>
internal sealed class LocalDiskRecordingContent(IOptions<ContentOptions> options) : IRecordingContent
{
    private readonly string root =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(options.Value.DataDirectory, "objects"))) + Path.DirectorySeparatorChar;

    public string Store => ContentOptions.Disk;

    public Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken) => Task.FromResult(
        PathOf(objectKey) is { } path && new FileInfo(path) is { Exists: true } file ? new FoundContent(file.Length, FileMetadata.Read(path)) : null);

    public Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
    {
        if (PathOf(objectKey) is not { } path || FileMetadata.Open(path) is not var (file, metadata))
        {
            return Task.FromResult<OpenedContent?>(null);
        }

        file.Position = offset;
        return Task.FromResult<OpenedContent?>(new OpenedContent(file, file.Length, metadata));
    }

    /// <summary>The key's path, or null for a key that leads out of the root: such an object does not exist.</summary>
    private string? PathOf(string objectKey)
    {
        if (objectKey.Contains('\0'))
        {
            return null;
        }

        var path = Path.GetFullPath(Path.Combine(root, objectKey));
        return path.StartsWith(root, StringComparison.Ordinal) && !Directory.Exists(path) ? path : null;
    }
}
