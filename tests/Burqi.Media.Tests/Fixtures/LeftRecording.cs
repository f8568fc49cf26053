using System.Collections.Immutable;
using System.Text.Json;
using Burqi.Contracts;
using Burqi.Media.Audio;
using Burqi.Media.Spool;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A recording as a process left it behind: the next one finishes it by the steps that finish every recording.</summary>
internal static class LeftRecording
{
    public static RecordingSettings Settings { get; } = new()
    {
        Enabled = true,
        Format = AudioFormats.Wav,
        SampleRate = 8000,
        Channels = 1,
        RecordUserAudio = true,
        RecordAssistantAudio = true,
        RecordMixedAudio = true,
        AutoSave = true,
        RecordingsDir = "recordings",
        CreateDatabaseRecords = true,
    };

    /// <summary>Writes the manifest and the tracks' files, still under their temporary names.</summary>
    public static RecordingManifest Create(string folder, RecordingSettings? settings, params (string Name, short[] Samples)[] tracks) =>
        Create(folder, Manifest(settings, [.. tracks.Select(track => track.Name)]), [.. tracks.Select(track => track.Samples)]);

    public static RecordingManifest Create(string folder, RecordingManifest manifest, short[][] tracks)
    {
        Directory.CreateDirectory(manifest.Location.Folder(folder));
        foreach (var (track, samples) in manifest.Tracks.Zip(tracks))
        {
            // The header of a process that is gone: it says that the length is unknown.
            var format = new WavFormat(manifest.SampleRate, 1);
            using var writer = new WavFileWriter(File.OpenHandle(manifest.Location.PartFile(folder, track.File), FileMode.CreateNew, FileAccess.ReadWrite), format, samples.Length);
            writer.Write(samples);
        }

        Save(folder, manifest);
        return manifest;
    }

    public static void Save(string folder, RecordingManifest manifest) =>
        File.WriteAllBytes(manifest.Location.Manifest(folder), JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));

    public static RecordingManifest Manifest(RecordingSettings? settings, ImmutableArray<string> tracks)
    {
        var startedAt = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        var manifest = new RecordingManifest
        {
            State = ManifestStates.Recording,
            Provider = Providers.Twilio,
            CallId = StreamDriver.NewSid("CA"),
            StreamId = StreamDriver.NewSid("MZ"),
            StreamIds = [],
            AssistantId = settings is null ? null : "front-desk",
            Settings = settings,
            Unix = startedAt.ToUnixTimeSeconds(),
            Node = "gone",
            Run = Guid.NewGuid(),
            SampleRate = 8000,
            StartedAt = startedAt,
            Tracks = [],
            Recordings = [],
        };
        manifest = manifest with { StreamIds = [manifest.StreamId], Tracks = [.. tracks.Select(name => RecordingPlan.Track(manifest.Location, name))] };
        return manifest with { Recordings = RecordingPlan.For(manifest) };
    }
}
