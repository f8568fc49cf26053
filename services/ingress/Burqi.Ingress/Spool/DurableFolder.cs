using System.Runtime.InteropServices;
using System.Text;

namespace Burqi.Ingress.Spool;

/// <summary>Writes files that are whole after a power failure, readable by their owner alone: they hold phone numbers.</summary>
internal static class DurableFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            Flush(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Writes <paramref name="temporary"/>, fsyncs it, renames it to <paramref name="path"/> and fsyncs the folder.</summary>
    public static void Write(string path, string temporary, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
            Flush(Path.GetDirectoryName(path)!);
        }
        catch
        {
            DeleteQuietly(temporary);
            DeleteQuietly(path); // not durable, so not acknowledged: the provider will tell us again
            throw;
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }

    /// <summary>fsync(2) on a folder: without it a rename may be undone by a power failure. .NET opens no folders, so libc does.</summary>
    private static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals renames itself
        }

        var descriptor = Open([.. Encoding.UTF8.GetBytes(folder), 0], ReadOnlyFlag);
        if (descriptor < 0)
        {
            throw Failure(folder);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Failure(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder) => new($"The folder {folder} could not be flushed: {Marshal.GetLastPInvokeErrorMessage()}");

    private const int ReadOnlyFlag = 0;

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
