namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>A file on its way to its name.</summary>
internal sealed class LocalDiskRecordingUpload : IRecordingUpload
{
    private const UnixFileMode FileMode0640 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly FileStream _file;
    private readonly string _temporary;
    private readonly string _path;
    private readonly string _root;
    private bool _committed;

    public LocalDiskRecordingUpload(string temporary, string path, string root)
    {
        (_temporary, _path, _root) = (temporary, path, root);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0, // the transfer writes whole blocks
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode0640;
        }

        _file = new FileStream(temporary, options);
    }

    public Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _file.WriteAsync(content, cancellationToken).AsTask();

    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        // Writing a large file back takes as long as the disk does: not on a thread that others wait for.
        await Task.Run(() => _file.Flush(flushToDisk: true), cancellationToken);
        await _file.DisposeAsync();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;

        // The rename, and every folder that was made for it, is an entry in the folder above.
        for (var folder = Path.GetDirectoryName(_path); folder is not null && folder.Length >= _root.Length; folder = Path.GetDirectoryName(folder))
        {
            FolderSync.Flush(folder);
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
}
