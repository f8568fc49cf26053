using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Control;

/// <summary>
/// What was asked of the recordings of calls, whether or not this node has one: a paused call may come here with its next connection, and a
/// process that was killed in a pause comes back into it. In memory, where a new stream finds it without waiting, and in one file for each call,
/// which is the outbox of what this node answers, too.
/// </summary>
internal sealed class CallControls
{
    /// <summary>Longer than a call can last.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(25);

    /// <summary>What was told in the hour before the process ended is told again by the next: a bus in memory may have lost it.</summary>
    private static readonly TimeSpan Repeated = TimeSpan.FromHours(1);

    /// <summary>How many requests are kept of a call: only of the latest ones does it matter that they come again.</summary>
    private const int MaxControls = 64;

    private const int LargestFile = 256 * 1024;

    private readonly Dictionary<CallKey, ControlledCall> _calls = [];
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <summary>Reads what the folder holds. One that cannot be used costs the memory of it, never the start: see <see cref="Trouble"/>.</summary>
    public CallControls(IOptions<MediaOptions> options, TimeProvider time)
    {
        _folder = Path.Combine(options.Value.DataDirectory, "media-controls");
        _time = time;
        try
        {
            Directory.CreateDirectory(_folder);
            foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
            {
                Read(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Trouble = exception;
        }

        Repeat();
    }

    /// <summary>Why the folder, or one of its files, could not be read; null: everything was.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>What was last asked of a call's recordings.</summary>
    public RecordingState StateOf(CallKey call)
    {
        lock (_gate)
        {
            return _calls.TryGetValue(call, out var known) ? known.State : RecordingState.Recorded;
        }
    }

    /// <summary>Takes a request over, in memory. What was asked last is what counts, in whatever order it comes.</summary>
    public ControlNews Take(RecordingControlRequested request)
    {
        lock (_gate)
        {
            var call = new CallKey(request.Provider, request.CallId);
            var known = _calls.GetValueOrDefault(call)?.Controls ?? [];
            if (known.Any(control => control.ControlId == request.ControlId))
            {
                return ControlNews.Known;
            }

            Forget();
            var control = new TakenControl { ControlId = request.ControlId, Action = request.Action, RequestedAt = request.RequestedAt };
            var isCurrent = known.All(other =>
                other.Action != RecordingControls.Stop && (request.Action == RecordingControls.Stop || other.RequestedAt <= request.RequestedAt));
            known = isCurrent ? known.Add(control) : known.Insert(known.Length - 1, control);
            _calls[call] = new ControlledCall
            {
                Provider = call.Provider,
                CallId = call.CallId,
                TakenAt = _time.GetUtcNow(),
                Controls = [.. known.TakeLast(MaxControls)],
            };
            return isCurrent ? ControlNews.Current : ControlNews.Outdated;
        }
    }

    /// <summary>Writes down what is known of a request's call, and what is to be answered.</summary>
    /// <exception cref="IOException">The folder cannot be written to; it is known all the same, as long as this process lives.</exception>
    public void Keep(RecordingControlRequested request, RecordingControlAnswered? answer) =>
        Change(new CallKey(request.Provider, request.CallId), request.ControlId, control => answer is null ? control : control with { Answer = answer });

    /// <summary>Writes down that the bus has confirmed an answer.</summary>
    /// <exception cref="IOException">The folder cannot be written to: the next process tells it again.</exception>
    public void Confirm(RecordingControlAnswered answer) =>
        Change(new CallKey(answer.Provider, answer.CallId), answer.ControlId, control => control with { Told = true });

    /// <summary>The answers that the bus has not confirmed.</summary>
    public IReadOnlyList<RecordingControlAnswered> Due()
    {
        lock (_gate)
        {
            return [.. _calls.Values.SelectMany(call => call.Controls).Where(control => control is { Answer: not null, Told: false }).Select(control => control.Answer!)];
        }
    }

    private void Change(CallKey call, Guid controlId, Func<TakenControl, TakenControl> change)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(call, out var known))
            {
                return;
            }

            known = known with { Controls = [.. known.Controls.Select(control => control.ControlId == controlId ? change(control) : control)] };
            _calls[call] = known;
            try
            {
                DurableFile.Replace(PathOf(call), JsonSerializer.SerializeToUtf8Bytes(known, ControlJsonContext.Default.ControlledCall));
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new IOException($"The folder {_folder} cannot be written to.", exception);
            }
        }
    }

    private void Forget()
    {
        foreach (var (call, known) in _calls.Where(known => known.Value.TakenAt < _time.GetUtcNow() - Life).ToArray())
        {
            _calls.Remove(call);
            TryDelete(PathOf(call));
        }
    }

    private void Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length <= LargestFile
                && JsonSerializer.Deserialize(File.ReadAllBytes(file), ControlJsonContext.Default.ControlledCall) is { Controls: { IsDefaultOrEmpty: false } } known
                && new CallKey(known.Provider, known.CallId) is var call
                && Path.GetFileName(file) == Path.GetFileName(PathOf(call)))
            {
                _calls[call] = known;
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            Trouble = exception;
        }
    }

    private void Repeat()
    {
        var latest = _calls.Values.Select(call => call.TakenAt).DefaultIfEmpty().Max();
        foreach (var (call, known) in _calls.Where(known => latest - known.Value.TakenAt < Repeated).ToArray())
        {
            _calls[call] = known with { Controls = [.. known.Controls.Select(control => control with { Told = false })] };
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is read again at the next start, and forgotten again.
        }
    }

    // Ids of calls are the provider's, and no names of files.
    private string PathOf(CallKey call) =>
        Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{call.Provider}\n{call.CallId}"))) + ".json");
}
