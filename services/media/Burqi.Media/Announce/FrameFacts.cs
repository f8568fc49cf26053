using System.Collections.Immutable;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;

namespace Burqi.Media.Announce;

/// <summary>What the frames of a recording were like: one track's, or those of all tracks for the mix.</summary>
internal sealed record FrameFacts
{
    public required long Received { get; init; }

    public required long Late { get; init; }

    public required long Duplicated { get; init; }

    /// <summary>Null where too many gaps came to list each.</summary>
    public long? GapCount { get; init; }

    public long? GapMs { get; init; }

    public long? CoverageMs { get; init; }

    public long? FirstTimestampMs { get; init; }

    public long? LastTimestampMs { get; init; }

    /// <summary>The facts of a recording; null where the process that knew them is gone.</summary>
    public static FrameFacts? Of(RecordingManifest manifest, ManifestRecording recording)
    {
        var own = manifest.Tracks.FirstOrDefault(track => track.Name == recording.RecordingType);
        ImmutableArray<ManifestTrack> tracks = own is not null ? [own] : recording.RecordingType == RecordingTypes.Mixed ? manifest.Tracks : [];
        var facts = tracks.Select(track => track.Facts).OfType<TrackFacts>().ToArray();
        if (facts.Length == 0 || facts.Length < tracks.Length)
        {
            return null;
        }

        var sum = new FrameFacts
        {
            Received = facts.Sum(f => f.FramesReceived),
            Late = facts.Sum(f => f.FramesLate + f.FramesStale),
            Duplicated = facts.Sum(f => f.FramesDuplicated),
            FirstTimestampMs = facts.Min(f => f.FirstTimestampMs),
            LastTimestampMs = facts.Max(f => f.LastTimestampMs),
        };
        if (facts is [var single])
        {
            return sum with { GapCount = single.GapCount, GapMs = Whole(single.GapMs), CoverageMs = Whole(single.CoveredMs) };
        }

        return facts.All(f => f.GapCount == f.Gaps.Length && f.StartMs is not null && f.EndMs is not null) ? WithCommonGaps(sum, facts) : sum;
    }

    /// <summary>The mix is silent for want of frames where every track is.</summary>
    private static FrameFacts WithCommonGaps(FrameFacts sum, TrackFacts[] facts)
    {
        var covered = Union(facts.SelectMany(Covered));
        var gaps = covered.Zip(covered.Skip(1), (before, after) => after.Start - before.End).ToArray();
        return sum with { GapCount = gaps.Length, GapMs = Whole(gaps.Sum()), CoverageMs = Whole(covered.Sum(stretch => stretch.End - stretch.Start)) };
    }

    private static IEnumerable<(double Start, double End)> Covered(TrackFacts track)
    {
        var start = track.StartMs!.Value;
        foreach (var gap in track.Gaps)
        {
            yield return (start, gap.StartMs);
            start = gap.StartMs + gap.DurationMs;
        }

        yield return (start, track.EndMs!.Value);
    }

    private static List<(double Start, double End)> Union(IEnumerable<(double Start, double End)> stretches)
    {
        var union = new List<(double Start, double End)>();
        foreach (var stretch in stretches.Where(s => s.End > s.Start).OrderBy(s => s.Start))
        {
            if (union.Count > 0 && stretch.Start <= union[^1].End)
            {
                union[^1] = (union[^1].Start, Math.Max(union[^1].End, stretch.End));
            }
            else
            {
                union.Add(stretch);
            }
        }

        return union;
    }

    private static long? Whole(double? milliseconds) => milliseconds is { } ms ? (long)Math.Round(ms) : null;
}
