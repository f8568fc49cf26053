using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>
/// Objects as files below one root. Each is written beside its place under a hidden name, fsynced and renamed, and its folder is
/// fsynced too: after a power cut there is the whole object or none.
/// </summary>
internal sealed class LocalDiskRecordingStore(IOptions<LocalDiskStoreOptions> options) : IRecordingStore
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Value.Root));

    public string Name => StoreNames.Disk;

    public Task<IRecordingUpload> BeginUploadAsync(ObjectKey key, string? expectedSha256, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var folder = Path.GetDirectoryName(path)!;
        CreateFolder(folder);

        // A dot file cannot be an object's: no key has a segment that begins with a dot.
        var hiddenPrefix = $".{Path.GetFileName(path)}.";
        foreach (var leftover in Directory.EnumerateFiles(folder, hiddenPrefix + "*"))
        {
            File.Delete(leftover);
        }

        var temporary = Path.Combine(folder, $"{hiddenPrefix}{Guid.CreateVersion7():N}");
        return Task.FromResult<IRecordingUpload>(new LocalDiskRecordingUpload(temporary, path, _root));
    }

    public Task<Stream?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(key),
                new FileStreamOptions
                {
                    Access = FileAccess.Read,
                    Share = FileShare.Read | FileShare.Delete,
                    Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                    BufferSize = 0, // readers bring blocks of their own
                }));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public string UrlOf(ObjectKey key) => new Uri(PathOf(key)).AbsoluteUri;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        CreateFolder(_root);
        var probe = Path.Combine(_root, $".probe.{Guid.CreateVersion7():N}");
        await using var file = new FileStream(probe, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        await file.WriteAsync(new byte[1], cancellationToken);
    }

    /// <summary>Makes a folder and those above it up to the root, each with our mode: the framework gives it to the last one only.</summary>
    private void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (path.Length > _root.Length)
        {
            CreateFolder(Path.GetDirectoryName(path)!);
        }

        Directory.CreateDirectory(path, FolderMode);
    }

    private string PathOf(ObjectKey key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key.Value));
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidOperationException("An object key led out of the store's folder.");
    }
}
