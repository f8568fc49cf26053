using System.Collections.Immutable;
using Burqi.Contracts.Recordings;
using Burqi.Identity;

namespace Burqi.Media.Spool;

/// <summary>What is captured and what is delivered, by an assistant's settings; without any, every voice and the mix.</summary>
internal static class RecordingPlan
{
    /// <summary>Whether a stream with these settings is recorded at all.</summary>
    public static bool Records(RecordingSettings? settings) =>
        settings is null
        || (settings.Enabled && (settings.RecordUserAudio || settings.RecordAssistantAudio || settings.RecordMixedAudio));

    /// <summary>Whether a track is needed: for itself, or for the mix.</summary>
    public static bool Captures(RecordingSettings? settings, string track) =>
        Delivers(settings, track) || settings is { RecordMixedAudio: true };

    /// <summary>Whether a track, or the mix, becomes a recording of its own. The voices of further participants go with the user's.</summary>
    public static bool Delivers(RecordingSettings? settings, string track) => settings is null || track switch
    {
        RecordingTypes.Mixed => settings.RecordMixedAudio,
        RecordingTypes.Assistant => settings.RecordAssistantAudio,
        _ => settings.RecordUserAudio,
    };

    /// <summary>A track as the manifest lists it.</summary>
    public static ManifestTrack Track(SpoolLocation location, string name, string? participant = null) => new()
    {
        Name = name,
        File = location.AudioName(name),
        Participant = participant,
    };

    /// <summary>The recordings of a manifest's tracks: the voices in their order, then the mix. What is known of one already is kept.</summary>
    public static ImmutableArray<ManifestRecording> For(RecordingManifest manifest) =>
    [
        .. manifest.Tracks.Select(track => track.Name)
            .Where(name => name != RecordingTypes.Mixed)
            .Append(RecordingTypes.Mixed)
            .Where(type => Delivers(manifest.Settings, type))
            .Select(type => manifest.Recordings.FirstOrDefault(r => r.RecordingType == type) ?? Describe(manifest, type)),
    ];

    /// <summary>The name of a recording's file: without more, that of the WAV of its tracks.</summary>
    public static string FileName(RecordingManifest manifest, string type, string format, int sampleRate) =>
        format == AudioFormats.Mp3 ? manifest.Location.Mp3Name(type)
        : sampleRate == manifest.SampleRate ? manifest.Location.AudioName(type)
        : manifest.Location.AudioName(type, sampleRate);

    private static ManifestRecording Describe(RecordingManifest manifest, string type)
    {
        var format = manifest.Settings?.Format ?? AudioFormats.Wav;
        var sampleRate = manifest.Settings?.SampleRate ?? manifest.SampleRate;
        var isOurMix = type == RecordingTypes.Mixed && manifest.Tracks.All(track => track.Name != type);
        return new()
        {
            RecordingId = RecordingId.Create(manifest.Provider, manifest.CallId, manifest.StreamId, type),
            RecordingType = type,
            File = FileName(manifest, type, format, sampleRate),
            Format = format,
            SampleRate = sampleRate,
            Channels = isOurMix ? manifest.Settings?.Channels ?? 1 : 1,
        };
    }
}
