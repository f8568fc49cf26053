using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.LocalDisk;

/// <summary>Objects as files below <c>{BURQI_DATA_DIR}/objects</c>, and never elsewhere.</summary>
internal sealed class LocalDiskRecordingContent(IOptions<ContentOptions> options) : IRecordingContent
{
    private readonly string root =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(options.Value.DataDirectory, "objects"))) + Path.DirectorySeparatorChar;

    public string Store => ContentOptions.Disk;

    public async Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken) =>
        PathOf(objectKey) is { } path && new FileInfo(path) is { Exists: true } file ? new FoundContent(file.Length, await MetadataOfAsync(path, cancellationToken)) : null;

    public async Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
    {
        if (PathOf(objectKey) is not { } path)
        {
            return null;
        }


        FileStream file;
        try
        {
            // The reader brings its own buffer. Deletion stays allowed: it must not wait for a listener on the line.
            file = new FileStream(path, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        file.Position = offset;
        return new OpenedContent(file, file.Length, await MetadataOfAsync(path, cancellationToken));
    }

    /// <summary>What the archiver wrote down beside the object, in a hidden file.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> MetadataOfAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.metadata"));
            return await JsonSerializer.DeserializeAsync(file, ContentJsonContext.Default.DictionaryStringString, cancellationToken) ?? [];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
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
