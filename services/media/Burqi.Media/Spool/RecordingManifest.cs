using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Burqi.Media.Audio;
using Burqi.Media.Streams;

namespace Burqi.Media.Spool;

/// <summary>
/// What is known of one stream's recordings, kept beside them from before their first sample to after their last announcement. It is the
/// outbox: what it does not call announced will be announced, by this process or by the next one.
/// </summary>
internal sealed record RecordingManifest
{
    public const int CurrentVersion = 2;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>One of <see cref="ManifestStates"/>.</summary>
    public required string State { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    /// <summary>The first socket's stream; the recordings' ids are made from it.</summary>
    public required string StreamId { get; init; }

    /// <summary>The streams of all sockets that brought audio, the first being <see cref="StreamId"/>.</summary>
    public ImmutableArray<string> StreamIds { get; init; }

    public string? AccountId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>The assistant's settings as they stood when the stream began; null where everything is recorded as it comes.</summary>
    public RecordingSettings? Settings { get; init; }

    /// <summary>True where the assistant's track is what we sent, placed where the caller heard it.</summary>
    public bool TwoWay { get; init; }

    /// <summary>The number in the file names: seconds since 1970 of the start, or the next free ones.</summary>
    public required long Unix { get; init; }

    /// <summary>W3C trace context of the call.</summary>
    public string? TraceParent { get; init; }

    public required string Node { get; init; }

    /// <summary>The process that records: any other that finds an unfinished manifest knows that this one is gone.</summary>
    public required Guid Run { get; init; }

    /// <summary>The stream's rate, and that of every track, in Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>The time of the timeline's first sample (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long? DurationMs { get; init; }

    /// <summary>The timeline's length in samples; null where the longest track tells.</summary>
    public long? Samples { get; init; }

    /// <summary>How the stream ended; null where the process ended first.</summary>
    public string? Ending { get; init; }

    /// <summary>True when another process than the recording one made the tracks final.</summary>
    public bool Recovered { get; init; }

    /// <summary>Messages that the sequence numbers say were sent and that never came; null where unknown.</summary>
    public long? MessagesLost { get; init; }

    /// <summary>Messages that could not be read or used; null where unknown.</summary>
    public long? MessagesRejected { get; init; }

    /// <summary>How often the provider's clock jumped and was set anew; null where unknown.</summary>
    public int? ClockJumps { get; init; }

    /// <summary>Where recording was paused, in order; null where it never was.</summary>
    public ImmutableArray<PauseFacts>? Pauses { get; init; }

    /// <summary>How much of the recording is silence because it was paused, in ms; null where it never was, or the length is not known.</summary>
    [JsonIgnore]
    public double? PausedMs => DurationMs is { } length ? Pauses?.Sum(pause => Math.Max(0, Math.Min(length, pause.EndMs) - pause.StartMs)) : null;

    /// <summary>When everything was last announced and confirmed (UTC).</summary>
    public DateTimeOffset? AnnouncedAt { get; init; }

    /// <summary>What is captured.</summary>
    public ImmutableArray<ManifestTrack> Tracks { get; init; }

    /// <summary>What is delivered.</summary>
    public required ImmutableArray<ManifestRecording> Recordings { get; init; }

    /// <summary>True while no file of it exists: a recording that could not even be begun.</summary>
    [JsonIgnore]
    public bool InMemoryOnly { get; init; }

    [JsonIgnore]
    public SpoolLocation Location => new(CallId, Unix, Settings?.Folder ?? "");
}

/// <summary>The values of a manifest's state.</summary>
internal static class ManifestStates
{
    public const string Recording = "recording";

    /// <summary>The tracks are whole; what is made from them may not be there yet.</summary>
    public const string Captured = "captured";

    /// <summary>Every file is whole, or its recording has failed; not everybody has been told.</summary>
    public const string Final = "final";

    /// <summary>The bus confirmed every message.</summary>
    public const string Announced = "announced";

    /// <summary>Every file was removed from this folder: nothing is left to finish, to announce or to serve.</summary>
    public const string Removed = "removed";
}

/// <summary>One voice as it was captured: a mono WAV at the stream's rate.</summary>
internal sealed record ManifestTrack
{
    /// <summary>A <c>recording_type</c>: <c>user</c>, <c>assistant</c>, <c>participant3</c>…; <c>mixed</c> where the provider mixes.</summary>
    public required string Name { get; init; }

    /// <summary>The file's name in the call's folder, without <c>.part</c>.</summary>
    public required string File { get; init; }

    /// <summary>The provider's id of the participant, where it separates them. Personal data: never logged.</summary>
    public string? Participant { get; init; }

    /// <summary>What the stream brought; null where the process ended first.</summary>
    public TrackFacts? Facts { get; init; }
}

/// <summary>One file that is handed on: a track's own, or one made from the tracks.</summary>
internal sealed record ManifestRecording
{
    public required Guid RecordingId { get; init; }

    public required string RecordingType { get; init; }

    /// <summary>The file's name in the call's folder, without <c>.part</c>.</summary>
    public required string File { get; init; }

    /// <summary>One of <see cref="AudioFormats"/>.</summary>
    public string Format { get; init; } = AudioFormats.Wav;

    /// <summary>In Hz.</summary>
    public int SampleRate { get; init; }

    public int Channels { get; init; } = 1;

    public long? FileSize { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Why there is no usable recording; null where there is one.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>How it sounds; null until it is final.</summary>
    public AudioFacts? Audio { get; init; }

    /// <summary>Where it lies in the store; null until that was told of this very file.</summary>
    public ArchivedFacts? Archived { get; init; }

    /// <summary>When its file was removed from this folder (UTC); null while it may be there.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>One of <see cref="RemovalReasons"/>; null while the file may be there.</summary>
    public string? RemovedBecause { get; init; }

    /// <summary>Where version 1 kept what is now the track's.</summary>
    public TrackFacts? Facts { get; init; }

    /// <summary>Whether the store was seen to hold exactly this file.</summary>
    [JsonIgnore]
    public bool IsArchived => Archived is { } archived && archived.Sha256 == Sha256;
}

/// <summary>The verified object in the store that holds a recording's file.</summary>
internal sealed record ArchivedFacts
{
    public required string Sha256 { get; init; }

    /// <summary><c>disk</c>, <c>s3</c> or <c>azure</c>; null where nobody said.</summary>
    public string? Store { get; init; }

    public string? ObjectKey { get; init; }

    /// <summary>When the object was verified (UTC); null where nobody said.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
}

/// <summary>Why a file was removed from the folder.</summary>
internal static class RemovalReasons
{
    /// <summary>It lies in the store.</summary>
    public const string Archived = "archived";

    /// <summary>An operator wanted it gone, archived or not.</summary>
    public const string Forced = "forced";

    /// <summary>The recording itself was deleted everywhere.</summary>
    public const string Deleted = "deleted";
}

/// <summary>The containers a recording can have.</summary>
internal static class AudioFormats
{
    public const string Wav = "wav";
    public const string Mp3 = "mp3";
}

/// <summary>What a track's frames were like.</summary>
internal sealed record TrackFacts
{
    public required long FramesReceived { get; init; }

    public required long FramesLate { get; init; }

    public required long FramesStale { get; init; }

    public required long FramesDuplicated { get; init; }

    public long? FirstTimestampMs { get; init; }

    public long? LastTimestampMs { get; init; }

    /// <summary>Audio given up because the disk could not follow, in ms.</summary>
    public required double OverflowedMs { get; init; }

    /// <summary>Where on the timeline the audio begins, in ms; null where unknown.</summary>
    public double? StartMs { get; init; }

    /// <summary>Where on the timeline the audio ends, in ms; null where unknown.</summary>
    public double? EndMs { get; init; }

    /// <summary>Audio that came in frames, in ms; null where unknown.</summary>
    public double? CoveredMs { get; init; }

    public required long GapCount { get; init; }

    public required double GapMs { get; init; }

    /// <summary>The gaps, the latest thousand of them.</summary>
    public required ImmutableArray<GapFacts> Gaps { get; init; }
}

/// <summary>A stretch without audio, in ms on the call's timeline.</summary>
internal sealed record GapFacts(double StartMs, double DurationMs);

/// <summary>A stretch in which silence was recorded because somebody asked for it, in ms on the call's timeline; to the end where no length is given.</summary>
internal sealed record PauseFacts(double StartMs, double? DurationMs)
{
    [JsonIgnore]
    public double EndMs => DurationMs is { } duration ? StartMs + duration : double.PositiveInfinity;

    /// <summary>The facts of a recording's pauses; null where there was none.</summary>
    public static ImmutableArray<PauseFacts>? Of(IReadOnlyList<PausedStretch> stretches, int sampleRate)
    {
        double Milliseconds(long samples) => samples * 1000.0 / sampleRate;
        return stretches.Count == 0
            ? null
            : [.. stretches.Select(stretch => new PauseFacts(
                Milliseconds(stretch.From),
                stretch.To == long.MaxValue ? null : Milliseconds(stretch.To - stretch.From)))];
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RecordingManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
