using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Spool;

/// <summary>
/// Events on disk, one file each, ordered by name. A file is written aside, fsynced, renamed and its folder fsynced, so that at any
/// moment of a crash there is a whole file or none. The folder belongs to one process: see its README.
/// </summary>
internal sealed partial class EventSpool : IDisposable
{
    private const string Temporary = ".tmp";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, SpoolFile> _pending = [];
    private readonly SortedDictionary<long, SpoolFile> _journal = [];
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly TimeProvider _time;
    private readonly IngressTelemetry _telemetry;
    private readonly ILogger<EventSpool> _logger;
    private readonly long _limit;

    private FileStream? _claim;
    private DateTimeOffset _openedAt;
    private long _lastSequence;
    private long _bytes;

    public EventSpool(IOptions<IngressOptions> options, TimeProvider time, IngressTelemetry telemetry, ILogger<EventSpool> logger)
    {
        _time = time;
        _telemetry = telemetry;
        _logger = logger;
        _limit = options.Value.SpoolLimitBytes;
        Directory = Path.GetFullPath(options.Value.SpoolDirectory);
        JournalDirectory = Path.Combine(Directory, "journal");
        SetAsideDirectory = Path.Combine(Directory, "set-aside");
        telemetry.Meter.CreateObservableGauge("burqi.ingress.spool.depth", () => PendingCount, "{event}", "Events on disk that the bus has not confirmed yet.");
        telemetry.Meter.CreateObservableGauge("burqi.ingress.spool.size", () => Bytes, "By", "What the spool's events and journal hold.");
    }

    public string Directory { get; }

    public string JournalDirectory { get; }

    public string SetAsideDirectory { get; }

    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether at least four fifths of what the spool may hold is taken by events that wait.</summary>
    public bool IsNearlyFull
    {
        get
        {
            lock (_lock)
            {
                return _pending.Values.Sum(file => file.Length) >= _limit / 5 * 4;
            }
        }
    }

    /// <summary>
    /// Claims the folder and takes stock. Everything found waits to be published: what a broker's absence left, and the journal, whose
    /// events a bus in memory may have lost with the process that wrote them.
    /// </summary>
    /// <exception cref="OptionsValidationException">The folder cannot be written, or another process has claimed it.</exception>
    public void Open()
    {
        try
        {
            DurableFolder.Create(Directory);
            DurableFolder.Create(JournalDirectory);
            DurableFolder.Create(SetAsideDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"BURQI_DATA_DIR cannot be used: the spool's folder {Directory} cannot be made ({exception.Message})");
        }

        try
        {
            _claim = new FileStream(Path.Combine(Directory, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw Unusable($"BURQI_DATA_DIR is in use: another ingress has claimed {Directory}, and each replica needs a folder of its own.");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable($"BURQI_DATA_DIR cannot be used: {Directory} cannot be written ({exception.Message})");
        }

        foreach (var leftover in System.IO.Directory.EnumerateFiles(Directory, "*" + Temporary, SearchOption.AllDirectories))
        {
            File.Delete(leftover); // a crash while writing: that event was never acknowledged
        }

        foreach (var path in System.IO.Directory.EnumerateFiles(JournalDirectory, "*" + SpoolFile.Extension))
        {
            File.Move(path, Path.Combine(Directory, Path.GetFileName(path)), overwrite: true);
        }

        lock (_lock)
        {
            foreach (var path in System.IO.Directory.EnumerateFiles(Directory, "*" + SpoolFile.Extension))
            {
                if (SpoolFile.FromPath(path) is { } file)
                {
                    _pending.Add(file.Sequence, file);
                    _bytes += file.Length;
                    _lastSequence = Math.Max(_lastSequence, file.Sequence);
                }
                else
                {
                    MoveAside(Path.GetFileName(path));
                }
            }
        }

        _openedAt = _time.GetUtcNow();
        if (PendingCount > 0)
        {
            Log.Found(_logger, PendingCount);
            Wake();
        }
    }

    /// <summary>Keeps an event until the drain has published it. It is on disk when this returns.</summary>
    /// <exception cref="IOException">The disk is full or gone, or the spool holds as much as it may.</exception>
    public void Append(SpooledEvent spooled)
    {
        Write(spooled, Directory, _pending);
        _telemetry.Spooled(spooled.Type);
        Wake();
    }

    /// <summary>Writes an event down before it is published. It is on disk when this returns.</summary>
    /// <returns>The file, for <see cref="Return"/> should the publish fail.</returns>
    /// <exception cref="IOException">The disk is full or gone, or the spool holds as much as it may.</exception>
    public SpoolFile Journal(SpooledEvent spooled) => Write(spooled, JournalDirectory, _journal);

    /// <summary>Makes a journalled event wait for the drain: the bus did not take it.</summary>
    public void Return(SpoolFile file, string type)
    {
        lock (_lock)
        {
            if (_journal.Remove(file.Sequence))
            {
                // No fsync: after a crash the journal is drained like the rest.
                File.Move(Path.Combine(JournalDirectory, file.Name), Path.Combine(Directory, file.Name));
                _pending.Add(file.Sequence, file);
            }
        }

        _telemetry.Spooled(type);
        Wake();
    }

    /// <summary>The event that has waited longest; null where none waits.</summary>
    public SpoolFile? Oldest()
    {
        lock (_lock)
        {
            return _pending.Count > 0 ? _pending.First().Value : null;
        }
    }

    /// <summary>Reads a waiting event, or sets its file aside where it cannot be read and returns null.</summary>
    public (object Message, Type Type, string? TraceParent)? ReadOrSetAside(SpoolFile file)
    {
        try
        {
            return SpooledEvent.Read(File.ReadAllBytes(Path.Combine(Directory, file.Name)));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.SetAside(_logger, exception, file.Name);
            lock (_lock)
            {
                Forget(_pending, file);
                MoveAside(file.Name);
            }

            return null;
        }
    }

    /// <summary>The bus has confirmed the event: it leaves the spool, for the journal or for good.</summary>
    public void Confirmed(SpoolFile file, bool keepInJournal)
    {
        lock (_lock)
        {
            // No fsync: a file that reappears after a crash is published once more, which changes nothing.
            if (keepInJournal)
            {
                File.Move(Path.Combine(Directory, file.Name), Path.Combine(JournalDirectory, file.Name));
                _pending.Remove(file.Sequence);
                _journal.Add(file.Sequence, file);
            }
            else
            {
                File.Delete(Path.Combine(Directory, file.Name));
                Forget(_pending, file);
            }
        }
    }

    /// <summary>
    /// Forgets journalled events older than <paramref name="age"/>. Those of an earlier life stay for as long after this one began: a
    /// process that was down for a night has not had the time to consume them.
    /// </summary>
    public void PruneJournal(TimeSpan age)
    {
        var now = _time.GetUtcNow();
        if (now - _openedAt < age)
        {
            return;
        }

        var newest = (now - age).ToUnixTimeMilliseconds();
        lock (_lock)
        {
            while (_journal.Count > 0 && _journal.First().Value is var oldest && oldest.WrittenAtUnixMs < newest)
            {
                DropFromJournal(oldest);
            }
        }
    }

    /// <summary>Waits until an event was appended, or until <paramref name="timeout"/>.</summary>
    public Task WaitForWorkAsync(TimeSpan timeout, CancellationToken cancellationToken) => _work.WaitAsync(timeout, cancellationToken);

    /// <summary>Proves that the folder can be written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void Probe()
    {
        var path = Path.Combine(Directory, ".probe" + Temporary);
        File.WriteAllBytes(path, [0]);
        File.Delete(path);
    }

    public void Dispose()
    {
        _claim?.Dispose();
        _work.Dispose();
    }

    private SpoolFile Write(SpooledEvent spooled, string folder, SortedDictionary<long, SpoolFile> index)
    {
        var bytes = spooled.ToBytes();
        SpoolFile file;
        lock (_lock)
        {
            MakeRoom(bytes.Length);
            _bytes += bytes.Length;
            file = new SpoolFile(++_lastSequence, _time.GetUtcNow().ToUnixTimeMilliseconds(), bytes.Length);
        }

        var path = Path.Combine(folder, file.Name);
        try
        {
            DurableFolder.Write(path, path + Temporary, bytes);
        }
        catch
        {
            lock (_lock)
            {
                _bytes -= bytes.Length;
            }

            throw;
        }

        lock (_lock)
        {
            index.Add(file.Sequence, file);
        }

        return file;
    }

    private void MakeRoom(int length)
    {
        // The journal repeats what was confirmed already; an event that was not is worth more.
        while (_bytes + length > _limit && _journal.Count > 0)
        {
            DropFromJournal(_journal.First().Value);
        }

        if (_bytes + length > _limit)
        {
            throw new IOException($"The spool holds its {_limit} bytes.");
        }
    }

    private void DropFromJournal(SpoolFile file)
    {
        Forget(_journal, file);
        File.Delete(Path.Combine(JournalDirectory, file.Name));
    }

    private void Forget(SortedDictionary<long, SpoolFile> index, SpoolFile file)
    {
        if (index.Remove(file.Sequence))
        {
            _bytes -= file.Length;
        }
    }

    private void MoveAside(string name)
    {
        _telemetry.SetAside();
        try
        {
            File.Move(Path.Combine(Directory, name), Path.Combine(SetAsideDirectory, name), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotMovedAside(_logger, exception, name); // it is out of the way in any case, and tried again at the next start
        }
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (_work.CurrentCount == 0)
            {
                _work.Release();
            }
        }
    }

    private static OptionsValidationException Unusable(string sentence) => new(nameof(IngressOptions), typeof(IngressOptions), [sentence]);
}
