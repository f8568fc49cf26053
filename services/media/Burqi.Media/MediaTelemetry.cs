using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Burqi.Media.Spool;
using Burqi.Media.Streams;

namespace Burqi.Media;

/// <summary>Media's spans and measurements, exported by the host under the name <c>Burqi.Media</c>.</summary>
internal sealed class MediaTelemetry : IDisposable
{
    public const string Name = "Burqi.Media";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly KeyValuePair<string, object?>[] TrackTags =
        [new("burqi.track", "user"), new("burqi.track", "assistant"), new("burqi.track", "mixed"), new("burqi.track", "participant")];

    private readonly Meter _meter;
    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _malformed;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _late;
    private readonly Counter<long> _stale;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _overflowed;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _flush;
    private readonly Histogram<double> _finalize;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _announcements;
    private readonly Counter<long> _unreachable;
    private readonly Counter<long> _removed;
    private readonly Counter<long> _freed;
    private readonly Histogram<double> _relay;

    public MediaTelemetry(IMeterFactory meters, ManifestStore store)
    {
        _meter = meters.Create(Name);
        _meter.CreateObservableGauge("burqi.media.disk.free", () => FreeBytes(store.Root), "By", "Free space on the disk of the recordings folder.");
        _active = _meter.CreateUpDownCounter<int>("burqi.media.streams.active", "{stream}", "Media streams with an open socket.");
        _refused = _meter.CreateCounter<long>("burqi.media.upgrades.refused", "{request}", "Upgrades that were not accepted, and streams refused at their start, by reason.");
        _ended = _meter.CreateCounter<long>("burqi.media.streams.ended", "{stream}", "Media streams that ended, by how.");
        _malformed = _meter.CreateCounter<long>("burqi.media.messages.malformed", "{message}", "Messages that could not be read.");
        _frames = _meter.CreateCounter<long>("burqi.media.frames", "{frame}", "Frames placed, by track.");
        _late = _meter.CreateCounter<long>("burqi.media.frames.late", "{frame}", "Frames that came after a later one and found their place.");
        _stale = _meter.CreateCounter<long>("burqi.media.frames.stale", "{frame}", "Frames that came too late to be placed.");
        _duplicates = _meter.CreateCounter<long>("burqi.media.frames.duplicated", "{frame}", "Frames that came twice.");
        _gaps = _meter.CreateCounter<long>("burqi.media.gaps", "{gap}", "Stretches without audio between a track's first and last frame.");
        _overflowed = _meter.CreateCounter<long>("burqi.media.samples.overflowed", "{sample}", "Samples given up because the disk could not follow.");
        _bytes = _meter.CreateCounter<long>("burqi.media.bytes.written", "By", "Audio written to files.");
        _flush = _meter.CreateHistogram<double>("burqi.media.flush.duration", "s", "From handing audio over to its being in the file.");
        _finalize = _meter.CreateHistogram<double>("burqi.media.finalize.duration", "s", "From the end of a stream to its final files.");
        _failures = _meter.CreateCounter<long>("burqi.media.recordings.failed", "{recording}", "Recordings that failed, by reason.");
        _unreachable = _meter.CreateCounter<long>("burqi.media.agents.unreachable", "{connection}", "Voice agents that did not take a stream, by reason.");
        _relay = _meter.CreateHistogram(
            "burqi.media.tee.duration",
            "s",
            "From a message having come to its having gone to the other side.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1, 10] });
        _removed = _meter.CreateCounter<long>("burqi.media.disk.removed", "{recording}", "Archived recordings whose files were removed because the disk was too full.");
        _freed = _meter.CreateCounter<long>("burqi.media.disk.freed", "By", "What that freed.");
        _announcements = _meter.CreateCounter<long>("burqi.media.announcements", "{recording}", "Attempts to announce a recording, by outcome.");
    }

    public void StreamOpened() => _active.Add(1);

    public void StreamEnded(MediaStreamEnding ending)
    {
        _active.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("burqi.ending", EndingName(ending)));
    }

    /// <summary>A stream was accepted, and refused once it had introduced itself.</summary>
    public void StreamRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("burqi.reason", reason));

    public void UpgradeRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("burqi.reason", reason));

    /// <summary>A voice agent did not take its stream.</summary>
    public void AgentUnreachable(string reason) => _unreachable.Add(1, new KeyValuePair<string, object?>("burqi.reason", reason));

    /// <summary>A message was passed on, and took so long.</summary>
    public void Relayed(TimeSpan duration) => _relay.Record(duration.TotalSeconds);

    public void MessageMalformed() => _malformed.Add(1);

    public void Flushed(long bytes, TimeSpan duration)
    {
        _bytes.Add(bytes);
        _flush.Record(duration.TotalSeconds);
    }

    public void Finalized(TimeSpan duration) => _finalize.Record(duration.TotalSeconds);

    public void Failed(string reason, int recordings) => _failures.Add(recordings, new KeyValuePair<string, object?>("burqi.reason", reason));

    public void Announced(bool confirmed) =>
        _announcements.Add(1, new KeyValuePair<string, object?>("burqi.outcome", confirmed ? "confirmed" : "failed"));

    /// <summary>Files of archived recordings were removed because the disk was too full.</summary>
    public void Relieved(int recordings, long bytes)
    {
        _removed.Add(recordings);
        _freed.Add(bytes);
    }

    /// <summary>Measures whether the disk stays too full because nothing on it may be removed.</summary>
    public void ObserveRelief(Func<bool> isStuck) => _meter.CreateObservableGauge(
        "burqi.media.disk.stuck", () => isStuck() ? 1 : 0, description: "1 while the disk is above its high-water mark and holds no archived file that could be removed.");

    /// <summary>Adds what a track gathered since <paramref name="reported"/>: counted in batches, since a frame must cost next to nothing.</summary>
    public void Report(TrackTimeline track, ref TrackCounts reported)
    {
        var counts = new TrackCounts(track);
        var tag = TrackTags[(int)track.Track.Role];
        Add(_frames, counts.Received - reported.Received, tag);
        Add(_late, counts.Late - reported.Late, tag);
        Add(_stale, counts.Stale - reported.Stale, tag);
        Add(_duplicates, counts.Duplicated - reported.Duplicated, tag);
        Add(_gaps, counts.Gaps - reported.Gaps, tag);
        Add(_overflowed, counts.Overflowed - reported.Overflowed, tag);
        reported = counts;
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> FreeBytes(string root)
    {
        try
        {
            return [new(new DriveInfo(root).AvailableFreeSpace)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // A disk that is gone has no free space to tell.
        }
    }

    private static void Add(Counter<long> counter, long amount, KeyValuePair<string, object?> tag)
    {
        if (amount > 0)
        {
            counter.Add(amount, tag);
        }
    }

    private static string EndingName(MediaStreamEnding ending) => ending switch
    {
        MediaStreamEnding.Stop => "stop",
        MediaStreamEnding.Closed => "closed",
        MediaStreamEnding.Aborted => "aborted",
        MediaStreamEnding.Idle => "idle",
        MediaStreamEnding.NoStart => "no_start",
        MediaStreamEnding.Oversized => "oversized",
        MediaStreamEnding.Malformed => "malformed",
        MediaStreamEnding.Refused => "refused",
        MediaStreamEnding.Draining => "draining",
        MediaStreamEnding.AgentClosed => "agent_closed",
        MediaStreamEnding.AgentFailed => "agent_failed",
        _ => "unknown",
    };
}

/// <summary>A track's counts at a moment.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TrackCounts(TrackTimeline track)
{
    public long Received { get; } = track.Received;

    public long Late { get; } = track.Late;

    public long Stale { get; } = track.Stale;

    public long Duplicated { get; } = track.Duplicated;

    public long Gaps { get; } = track.Gaps.Count + track.FoldedGaps.Count;

    public long Overflowed { get; } = track.Overflowed;
}
