using System.Runtime.InteropServices;

namespace Burqi.Media.Spool;

/// <summary>Files and names that are still there after the power went.</summary>
internal static partial class DurableFile
{
    /// <summary>Replaces a file in one step: readers, and a crash at any moment, see the old content or the new, never a mixture.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Makes a file in one step.</summary>
    /// <exception cref="IOException">There is one of that name already, or the disk refused.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: false);

    /// <summary>Makes a folder's new, renamed and removed names last.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals names by itself, and a folder cannot be opened for flushing.
        }

        const int readOnly = 0;
        var descriptor = NativeOpen(path, readOnly);
        if (descriptor < 0)
        {
            throw new IOException($"A folder could not be opened to sync it (errno {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (NativeSync(descriptor) != 0)
            {
                throw new IOException($"A folder could not be synced (errno {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = NativeClose(descriptor);
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        // One process owns the folder and one thread a recording's manifest, so a fixed name is safe, and a leftover is overwritten.
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        try
        {
            File.Move(temporary, path, overwrite);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(path)!);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int NativeSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int NativeClose(int descriptor);
}
