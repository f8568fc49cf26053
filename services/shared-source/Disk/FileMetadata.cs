using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace Burqi.Disk;

/// <summary>
/// What is kept with an object that is a file: JSON in a hidden file beside it, <c>.{name}.metadata.{milliseconds}</c>, whose last part is the
/// time at which the object was last written. So each state of an object has metadata of its own, and nothing that happens to two writers of
/// it, or between the two files, can give an object what belongs to another.
/// </summary>
internal static class FileMetadata
{
    private const string Infix = ".metadata.";

    public static IReadOnlyDictionary<string, string> None { get; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Opens a file, and reads what belongs to that very state of it; null when there is no such file.</summary>
    public static (FileStream File, IReadOnlyDictionary<string, string> Metadata)? Open(string path)
    {
        while (true)
        {
            FileStream file;
            try
            {
                // Readers bring blocks of their own. Nobody who replaces or deletes the file has to wait for them.
                file = new FileStream(path, new FileStreamOptions
                {
                    Access = FileAccess.Read,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                    BufferSize = 0,
                });
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }

            try
            {
                var metadata = Read(path);
                if (File.GetLastWriteTimeUtc(file.SafeFileHandle) == File.GetLastWriteTimeUtc(path))
                {
                    return (file, metadata);
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose(); // replaced in between, and what was read beside it belongs to the new one
        }
    }

    /// <summary>What belongs to a file as it is now; nothing when nothing is kept with it, or there is no such file.</summary>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        while (true)
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return None;
            }

            if (Find(file) is not { } sidecar)
            {
                // Replaced meanwhile, perhaps, and what belonged to it removed.
                if (new FileInfo(path) is { Exists: true } now && now.LastWriteTimeUtc == file.LastWriteTimeUtc)
                {
                    return None;
                }
            }
            else if (TryRead(sidecar) is { } read)
            {
                return read.Metadata;
            }
        }
    }

    /// <summary>The hidden file that belongs to a file; null when there is none.</summary>
    public static string? Find(FileInfo file)
    {
        var sidecar = PathOf(file.FullName, file.LastWriteTimeUtc);
        if (File.Exists(sidecar))
        {
            return sidecar;
        }

        // A copy that did not keep the times, such as a backup that was brought back: the only one that is of a file of this size is its own.
        var candidates = Of(file.FullName).Where(path => IsOfSize(path, file.Length)).Take(2).ToList();
        return candidates.Count == 1 ? candidates[0] : null;
    }

    /// <summary>All hidden files of that kind beside a file, whichever state of it they belong to.</summary>
    public static IEnumerable<string> Of(string path) => Path.GetDirectoryName(path) is { } folder && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, $".{Path.GetFileName(path)}{Infix}*", new EnumerationOptions { AttributesToSkip = FileAttributes.None })
        : [];

    /// <summary>The file that a hidden file of that kind lies beside; null when it is none of that kind.</summary>
    public static string? FileOf(string sidecar)
    {
        var name = Path.GetFileName(sidecar);
        var infix = name.LastIndexOf(Infix, StringComparison.Ordinal);
        return infix > 1 && name[0] == '.' && name.AsSpan(infix + Infix.Length) is { Length: > 0 } stamp && !stamp.ContainsAnyExceptInRange('0', '9')
            ? Path.Combine(Path.GetDirectoryName(sidecar)!, name[1..infix])
            : null;
    }

    /// <summary>Where that lies which belongs to a file that was last written at that time.</summary>
    public static string PathOf(string path, DateTime writtenAt) => Path.Combine(
        Path.GetDirectoryName(path)!,
        string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(path)}{Infix}{new DateTimeOffset(writtenAt).ToUnixTimeMilliseconds()}"));

    public static byte[] Serialize(long size, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("size", size);
            json.WriteStartObject("metadata");
            foreach (var (name, value) in metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static bool IsOfSize(string sidecar, long size)
    {
        try
        {
            return TryRead(sidecar)?.Size == size;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What such a file says; null when there is none.</summary>
    /// <exception cref="IOException">It is there, and not readable or not of that form.</exception>
    private static (long Size, IReadOnlyDictionary<string, string> Metadata)? TryRead(string sidecar)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(sidecar));
            return (
                json.RootElement.GetProperty("size").GetInt64(),
                json.RootElement.GetProperty("metadata").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? ""));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new IOException("What is kept with an object is damaged.", exception);
        }
    }
}
