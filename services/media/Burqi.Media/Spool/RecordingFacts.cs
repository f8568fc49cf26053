using System.Collections.Immutable;
using Burqi.Media.Streams;

namespace Burqi.Media.Spool;

/// <summary>What the socket's side knows of a stream when it has ended.</summary>
internal sealed record RecordingFacts
{
    public required MediaStreamEnding Ending { get; init; }

    public required long MessagesLost { get; init; }

    public required long MessagesRejected { get; init; }

    public required int ClockJumps { get; init; }

    /// <summary>The timeline's length in samples, to which every track is brought; null: that of the longest track.</summary>
    public long? Samples { get; init; }

    /// <summary>Where recording was paused; null where it never was.</summary>
    public ImmutableArray<PauseFacts>? Pauses { get; init; }

    /// <summary>By the track's name.</summary>
    public required IReadOnlyDictionary<string, TrackFacts> Tracks { get; init; }

    public static TrackFacts Of(TrackTimeline track, int sampleRate)
    {
        // What lies before the first frame is told by its timestamp: nothing was lost there.
        var gaps = track.Gaps.Where(gap => gap.Start > 0).ToArray();
        double Milliseconds(long samples) => samples * 1000.0 / sampleRate;
        return new()
        {
            FramesReceived = track.Received,
            FramesLate = track.Late,
            FramesStale = track.Stale,
            FramesDuplicated = track.Duplicated,
            FirstTimestampMs = track.FirstTimestampMs,
            LastTimestampMs = track.LastTimestampMs,
            OverflowedMs = Milliseconds(track.Overflowed),
            StartMs = Milliseconds(track.Gaps.FirstOrDefault(gap => gap.Start == 0).End),
            EndMs = Milliseconds(track.End),
            CoveredMs = Milliseconds(track.End - track.Gaps.Sum(gap => gap.Length) - track.FoldedGaps.Samples - track.Paused),
            GapCount = gaps.Length + track.FoldedGaps.Count,
            GapMs = Milliseconds(gaps.Sum(gap => gap.Length) + track.FoldedGaps.Samples),
            Gaps = [.. gaps.Select(gap => new GapFacts(Milliseconds(gap.Start), Milliseconds(gap.Length)))],
        };
    }
}
