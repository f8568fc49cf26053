namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>Files and folders that are open to their owner and its group alone.</summary>
internal static class DiskFile
{
    private const UnixFileMode FileMode0640 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>A new file, open for writing.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0, // whole blocks are written
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode0640;
        }

        return new FileStream(path, options);
    }

    /// <summary>The name of a file that is on its way to <paramref name="path"/>. A dot file cannot be an object's: no key has a segment that begins with a dot.</summary>
    public static string TemporaryOf(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.CreateVersion7():N}");

    /// <summary>Whether a file was on its way to another.</summary>
    public static bool IsTemporary(string path) =>
        Path.GetFileName(path) is ['.', ..] name && Guid.TryParseExact(Path.GetExtension(name).TrimStart('.'), "N", out _);

    /// <summary>Writes a small file in one step, and to the disk.</summary>
    public static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var temporary = TemporaryOf(path);
        try
        {
            await using (var file = Create(temporary))
            {
                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
