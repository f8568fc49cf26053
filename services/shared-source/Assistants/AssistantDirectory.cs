using System.Collections.Concurrent;
using System.Text.Json;
using Burqi.Contracts.Assistants;

namespace Burqi.Assistants;

/// <summary>
/// The assistants as this process last heard of them: in memory, where a call finds them without waiting, and one file each in a folder of
/// its own, so that they are known again after a start with the catalog away. Of two tellings of one assistant the higher version stays.
/// A deleted assistant stays as its last version, so that a late telling does not revive it.
/// </summary>
internal sealed class AssistantDirectory
{
    private const string FileExtension = ".json";

    // Hundreds of bytes each: an assistant is a handful of settings and a URL.
    private const int DefaultCapacity = 20_000;
    private const int LargestFile = 64 * 1024;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly int _capacity;

    /// <summary>Reads what the folder holds. A folder that cannot be used costs the memory of it, never the start: see <see cref="Trouble"/>.</summary>
    public AssistantDirectory(string folder, int capacity = DefaultCapacity)
    {
        (_folder, _capacity) = (folder, capacity);
        try
        {
            CreateFolder(folder);
            foreach (var file in Directory.EnumerateFiles(folder, "*" + FileExtension))
            {
                Read(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Trouble = exception;
        }
    }

    /// <summary>Why the folder, or one of its files, could not be read; null: everything was.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>How many assistants are known, without those that were deleted.</summary>
    public int Count => _entries.Count(entry => entry.Value.Saved is not null);

    /// <summary>The assistant; null where none of this id is known, or it was deleted.</summary>
    public AssistantSaved? Find(string? id) => id is not null && _entries.TryGetValue(id, out var entry) ? entry.Saved : null;

    /// <summary>Whether anything was ever heard of it, be it that it was deleted.</summary>
    public bool Knows(string id) => _entries.ContainsKey(id);

    /// <summary>
    /// Whether catalog told of it since this process started. What is known from the last process alone may have been changed while nobody was
    /// here to hear of it.
    /// </summary>
    public bool WasTold(string id) => _entries.TryGetValue(id, out var entry) && entry.IsTold;

    /// <summary>Takes over what is told, unless as much or more is known already.</summary>
    /// <returns>Whether it was news.</returns>
    /// <exception cref="ArgumentException">The id is none.</exception>
    /// <exception cref="InvalidOperationException">There is no room for another assistant.</exception>
    /// <exception cref="IOException">It is known from now on, but could not be written down.</exception>
    public bool Apply(AssistantSaved saved) => Apply(saved.AssistantId, new Entry { Saved = saved, IsTold = true });

    /// <inheritdoc cref="Apply(AssistantSaved)"/>
    public bool Apply(AssistantDeleted deleted) => Apply(deleted.AssistantId, new Entry { Deleted = deleted, IsTold = true });

    private bool Apply(string id, Entry news)
    {
        if (!AssistantId.IsValid(id))
        {
            throw new ArgumentException("This is no assistant's id.", nameof(id));
        }

        lock (_gate)
        {
            if (_entries.TryGetValue(id, out var known))
            {
                if (known.Version >= news.Version)
                {
                    // The same once more is no news, but it is now certain to be the latest. Something older says nothing.
                    _entries[id] = known.Version == news.Version ? known with { IsTold = true } : known;
                    return false;
                }
            }
            else if (_entries.Count >= _capacity)
            {
                ForgetOldestDeleted();
            }

            _entries[id] = news;
            Write(id, news);
            return true;
        }
    }

    // That something of the longest deleted is still under way is least likely.
    private void ForgetOldestDeleted()
    {
        var oldest = _entries.Where(entry => entry.Value.Deleted is not null).MinBy(entry => entry.Value.Version).Key
            ?? throw new InvalidOperationException($"There is no room for more than {_capacity} assistants.");
        _entries.TryRemove(oldest, out _);
        try
        {
            File.Delete(PathOf(oldest));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is read again at the next start, and forgotten again.
        }
    }

    private void Read(string file)
    {
        try
        {
            var id = Path.GetFileNameWithoutExtension(file);
            if (new FileInfo(file).Length <= LargestFile
                && JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(file)) is { } entry
                && entry.Id == id
                && AssistantId.IsValid(id)
                && _entries.Count < _capacity)
            {
                _entries[id] = entry;
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // Damaged: whoever is asked at the start tells it again, and the file is written anew.
            Trouble = exception;
        }
    }

    // A reader, of this process or the next, sees the old file or the new one. What a power failure takes is told again at the next start.
    private void Write(string id, Entry entry)
    {
        var path = PathOf(id);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // an agent's URL may carry a secret
        }

        try
        {
            CreateFolder(_folder);
            using (var stream = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(stream, entry);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"The folder {_folder} cannot be written to.", exception);
        }
    }

    private string PathOf(string id) => Path.Combine(_folder, id + FileExtension);

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>One of the two is set. It is the file's form as well.</summary>
    private sealed record Entry
    {
        public AssistantSaved? Saved { get; init; }

        public AssistantDeleted? Deleted { get; init; }

        // Not in the file: that is what the next process has not been told.
        internal bool IsTold { get; init; }

        internal string? Id => Saved?.AssistantId ?? Deleted?.AssistantId;

        internal long Version => Saved?.Version ?? Deleted?.Version ?? 0;
    }
}
