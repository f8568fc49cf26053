using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;

namespace Burqi.Media.Announce;

/// <summary>A manifest's entries as messages.</summary>
internal static class RecordingMessages
{
    public static RecordingStarted Started(RecordingManifest manifest, ManifestRecording recording) => new()
    {
        RecordingId = recording.RecordingId,
        Provider = manifest.Provider,
        CallId = manifest.CallId,
        RecordingType = recording.RecordingType,
        RecordingSource = RecordingSources.Local,
        StreamId = manifest.StreamId,
        AssistantId = manifest.AssistantId,
        CreateDatabaseRecords = manifest.Settings?.CreateDatabaseRecords,
        Format = recording.Format,
        SampleRate = recording.SampleRate,
        Channels = recording.Channels,
        StartedAt = manifest.StartedAt,
        Participant = Participant(manifest, recording),
    };

    public static RecordingCaptured Captured(RecordingManifest manifest, ManifestRecording recording, string contentUrl)
    {
        var frames = FrameFacts.Of(manifest, recording);
        return new()
        {
            RecordingId = recording.RecordingId,
            Provider = manifest.Provider,
            CallId = manifest.CallId,
            RecordingType = recording.RecordingType,
            RecordingSource = RecordingSources.Local,
            StreamId = manifest.StreamId,
            AssistantId = manifest.AssistantId,
            CreateDatabaseRecords = manifest.Settings?.CreateDatabaseRecords,
            Format = recording.Format,
            SampleRate = recording.SampleRate,
            Channels = recording.Channels,
            DurationMs = manifest.DurationMs ?? throw Incomplete(manifest),
            FileSize = recording.FileSize ?? throw Incomplete(manifest),
            Sha256 = recording.Sha256 ?? throw Incomplete(manifest),
            FilePath = manifest.Location.RelativePath(recording),
            ContentUrl = contentUrl,
            MediaNode = manifest.Node,
            Recovered = manifest.Recovered,
            StartedAt = manifest.StartedAt,
            EndedAt = manifest.EndedAt ?? throw Incomplete(manifest),
            Participant = Participant(manifest, recording),
            AutoSave = manifest.Settings?.AutoSave,
            FramesReceived = frames?.Received,
            FramesLost = manifest.MessagesLost,
            FramesLate = frames?.Late,
            FramesDuplicated = frames?.Duplicated,
            GapCount = frames?.GapCount,
            GapMs = frames?.GapMs,
            CoverageMs = frames?.CoverageMs,
            FirstTimestampMs = frames?.FirstTimestampMs,
            LastTimestampMs = frames?.LastTimestampMs,
            Peak = recording.Audio?.Peak,
            Rms = recording.Audio?.Rms,
            ClippedSamples = recording.Audio?.ClippedSamples,
            SilentMs = recording.Audio?.SilentMs,
            PausedMs = manifest.PausedMs is { } paused ? (long)Math.Round(paused) : null,
        };
    }

    public static RecordingFailed Failed(RecordingManifest manifest, ManifestRecording recording) => new()
    {
        RecordingId = recording.RecordingId,
        Provider = manifest.Provider,
        CallId = manifest.CallId,
        RecordingType = recording.RecordingType,
        RecordingSource = RecordingSources.Local,
        StreamId = manifest.StreamId,
        AssistantId = manifest.AssistantId,
        CreateDatabaseRecords = manifest.Settings?.CreateDatabaseRecords,
        Status = RecordingStatuses.Failed,
        Reason = recording.Failure ?? throw Incomplete(manifest),
        FailedAt = recording.FailedAt ?? throw Incomplete(manifest),
    };

    private static string? Participant(RecordingManifest manifest, ManifestRecording recording) =>
        manifest.Tracks.FirstOrDefault(track => track.Name == recording.RecordingType)?.Participant;

    private static InvalidOperationException Incomplete(RecordingManifest manifest) =>
        new($"The manifest {manifest.Location.ManifestName} of call {manifest.CallId} is final and yet incomplete.");
}
