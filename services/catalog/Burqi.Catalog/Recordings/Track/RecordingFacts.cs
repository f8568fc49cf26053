using System.Text.Json.Nodes;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>How a capture went, under the names that <c>recording_metadata.facts</c> has. What is not known is left out.</summary>
internal static class RecordingFacts
{
    public static JsonObject Of(RecordingCaptured message)
    {
        var facts = new JsonObject();
        Add("frames_received", message.FramesReceived);
        Add("frames_lost", message.FramesLost);
        Add("frames_late", message.FramesLate);
        Add("frames_duplicated", message.FramesDuplicated);
        Add("gap_count", message.GapCount);
        Add("gap_ms", message.GapMs);
        Add("coverage_ms", message.CoverageMs);
        Add("first_timestamp_ms", message.FirstTimestampMs);
        Add("last_timestamp_ms", message.LastTimestampMs);
        Add("peak", message.Peak);
        Add("rms", message.Rms);
        Add("clipped_samples", message.ClippedSamples);
        Add("silent_ms", message.SilentMs);
        Add("paused_ms", message.PausedMs);
        if (message is { CoverageMs: { } covered, DurationMs: > 0 })
        {
            // The share of the recording that came in frames: 1 when nothing is missing.
            facts["coverage"] = Math.Round((decimal)covered / message.DurationMs, 4);
        }

        return facts;

        void Add(string name, long? value)
        {
            if (value is { } known)
            {
                facts[name] = known;
            }
        }
    }
}
