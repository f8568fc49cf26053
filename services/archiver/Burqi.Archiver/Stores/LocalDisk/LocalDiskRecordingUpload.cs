using Burqi.Disk;

namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>A file on its way to its name.</summary>
internal sealed class LocalDiskRecordingUpload : IRecordingUpload
{
    private readonly FileStream _file;
    private readonly string _temporary;
    private readonly string _path;
    private readonly string _root;
    private readonly NewObject _newObject;
    private readonly TimeProvider _clock;
    private long _written;
    private bool _committed;

    public LocalDiskRecordingUpload(string temporary, string path, string root, NewObject newObject, TimeProvider clock)
    {
        (_temporary, _path, _root, _newObject, _clock) = (temporary, path, root, newObject, clock);
        _file = DiskFile.Create(temporary);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        _written += content.Length;
        if (_written > _newObject.ExpectedSize)
        {
            throw new InvalidOperationException($"The object gets more than the {_newObject.ExpectedSize} bytes it was to have.");
        }

        await _file.WriteAsync(content, cancellationToken);
    }

    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        if (_newObject.ExpectedSize is { } expected && _written != expected)
        {
            throw new InvalidOperationException($"The object got {_written} bytes of the {expected} it was to have.");
        }

        var metadata = ObjectMetadata.Checked(_newObject.Metadata);
        if (metadata.Count > 0)
        {
            await using (var sidecar = CreateSidecar(out var writtenAt))
            {
                await sidecar.WriteAsync(FileMetadata.Serialize(_written, metadata), cancellationToken);
                sidecar.Flush(flushToDisk: true);
                File.SetLastWriteTimeUtc(_file.SafeFileHandle, writtenAt);
            }

            FolderSync.Flush(Path.GetDirectoryName(_path)!); // so that it is there when the object is
        }

        // Writing a large file back takes as long as the disk does: not on a thread that others wait for.
        await Task.Run(() => _file.Flush(flushToDisk: true), cancellationToken);
        await _file.DisposeAsync();
        var replaced = File.Exists(_path) ? FileMetadata.PathOf(_path, File.GetLastWriteTimeUtc(_path)) : null;
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;

        // The rename, and every folder that was made for it, is an entry in the folder above.
        for (var folder = Path.GetDirectoryName(_path); folder is not null && folder.Length >= _root.Length; folder = Path.GetDirectoryName(folder))
        {
            FolderSync.Flush(folder);
        }

        if (replaced is not null && replaced != FileMetadata.PathOf(_path, File.GetLastWriteTimeUtc(_path)))
        {
            File.Delete(replaced);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        if (!_committed)
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>
    /// What is kept with this state of the object, under a time in milliseconds that is no other state's: whoever makes the file has the time.
    /// Nobody reads it before the object is there.
    /// </summary>
    private FileStream CreateSidecar(out DateTime writtenAt)
    {
        writtenAt = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds()).UtcDateTime;
        while (true)
        {
            var path = FileMetadata.PathOf(_path, writtenAt);
            try
            {
                return DiskFile.Create(path);
            }
            catch (IOException) when (File.Exists(path))
            {
                writtenAt = writtenAt.AddMilliseconds(1);
            }
        }
    }
}
