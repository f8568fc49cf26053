using Burqi.Disk;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>
/// Objects as files below one root. Each is written beside its place under a hidden name, fsynced and renamed, and its folder is
/// fsynced too: after a power cut there is the whole object or none. What is kept with an object lies in a hidden file beside it.
/// </summary>
internal sealed class LocalDiskRecordingStore(IOptions<LocalDiskStoreOptions> options, TimeProvider clock) : IRecordingStore
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    // Hidden files too.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None };

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Value.Root));

    public string Name => StoreNames.Disk;

    public Task<IRecordingUpload> BeginUploadAsync(NewObject newObject, CancellationToken cancellationToken)
    {
        var path = PathOf(newObject.Key);
        var folder = Path.GetDirectoryName(path)!;
        CreateFolder(folder);
        foreach (var leftover in Directory.EnumerateFiles(folder, $".{Path.GetFileName(path)}.*", Everything).Where(DiskFile.IsTemporary))
        {
            File.Delete(leftover);
        }

        return Task.FromResult<IRecordingUpload>(new LocalDiskRecordingUpload(DiskFile.TemporaryOf(path), path, _root, newObject, clock));
    }

    public Task<OpenedObject?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken, long offset = 0)
    {
        if (FileMetadata.Open(PathOf(key)) is not var (file, metadata))
        {
            return Task.FromResult<OpenedObject?>(null);
        }

        file.Position = offset;
        return Task.FromResult<OpenedObject?>(new OpenedObject(file, file.Length, metadata));
    }

    public Task<StoredDescription?> DescribeAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists ? new StoredDescription(file.Length, FileMetadata.Read(file.FullName), Tier: null) : null);
    }

    public Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return Task.CompletedTask;
        }

        File.Delete(path); // first: an object without what is kept with it would be another one
        foreach (var sidecar in FileMetadata.Of(path))
        {
            File.Delete(sidecar);
        }

        FolderSync.Flush(folder);
        try
        {
            Directory.Delete(folder); // the call's own; years and days stay
        }
        catch (IOException)
        {
            // There is more of the call.
        }

        return Task.CompletedTask;
    }

    public async Task ReplaceMetadataAsync(ObjectKey key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        if (!file.Exists)
        {
            throw new FileNotFoundException("The store does not have the object.");
        }

        await DiskFile.WriteAsync(
            FileMetadata.PathOf(file.FullName, file.LastWriteTimeUtc), FileMetadata.Serialize(file.Length, ObjectMetadata.Checked(metadata)), cancellationToken);
        FolderSync.Flush(file.DirectoryName!);
    }

    public Task<bool> SetTierAsync(ObjectKey key, string tier, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Looking through all folders takes as long as the disk does: not on a thread that others wait for.</summary>
    public Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken) => Task.Run(() => LookThroughAsync(olderThan, cancellationToken), cancellationToken);

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

    private async Task<int> LookThroughAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(Path.Combine(_root, ObjectKey.Folder.TrimEnd('/'))); // whose link would be followed otherwise
        var before = clock.GetUtcNow().UtcDateTime - olderThan;
        var count = new SweepCount();
        if (folder is { Exists: true, LinkTarget: null })
        {
            foreach (var file in folder.EnumerateFiles(".*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await count.TryAsync(() => Task.FromResult(RemoveOrphan(file, before)), cancellationToken);
            }
        }

        return count.Result();
    }

    private static bool RemoveOrphan(FileInfo file, DateTime before)
    {
        try
        {
            if (file.LastWriteTimeUtc >= before || !IsOrphan(file.FullName))
            {
                return false;
            }

            file.Delete();
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false; // it went with its folder
        }
    }

    private static bool IsOrphan(string path) => FileMetadata.FileOf(path) is { } file
        ? !File.Exists(file) || FileMetadata.Find(new FileInfo(file)) != path
        : DiskFile.IsTemporary(path);

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

    /// <summary>Where an object lies. No key can name a path outside, and nobody's link below the root is followed there.</summary>
    private string PathOf(ObjectKey key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key.Value));
        if (!path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("An object key led out of the store's folder.");
        }

        for (var part = path; part.Length > _root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                throw new IOException($"'{Path.GetRelativePath(_root, part)}' in the store's folder is a link: it is not followed.");
            }
        }

        return path;
    }
}
