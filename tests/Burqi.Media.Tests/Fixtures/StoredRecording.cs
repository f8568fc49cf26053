using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A recording that is finished and announced, with files of given lengths, as a node's folder holds thousands.</summary>
internal static class StoredRecording
{
    public static DateTimeOffset EndedAt { get; } = new(2026, 3, 4, 5, 7, 8, TimeSpan.Zero);

    /// <summary>Writes two voices and their mix; <paramref name="change"/> may make another manifest of it.</summary>
    public static RecordingManifest Create(
        string folder, Func<RecordingManifest, RecordingManifest>? change = null, string? callId = null, DateTimeOffset? endedAt = null, int bytes = 1000)
    {
        var end = endedAt ?? EndedAt;
        var manifest = new RecordingManifest
        {
            State = ManifestStates.Announced,
            Provider = Providers.Twilio,
            CallId = callId ?? StreamDriver.NewSid("CA"),
            StreamId = StreamDriver.NewSid("MZ"),
            StreamIds = [],
            Unix = end.ToUnixTimeSeconds() - 60,
            Node = "media-1",
            Run = Guid.CreateVersion7(),
            SampleRate = 8000,
            StartedAt = end.AddSeconds(-60),
            EndedAt = end,
            DurationMs = 60_000,
            AnnouncedAt = end,
            Tracks = [],
            Recordings = [],
        };
        manifest = manifest with
        {
            Tracks = [.. new[] { RecordingTypes.User, RecordingTypes.Assistant }.Select(name => RecordingPlan.Track(manifest.Location, name, participant: "somebody"))],
        };
        manifest = manifest with { Recordings = RecordingPlan.For(manifest) };
        Directory.CreateDirectory(manifest.Location.Folder(folder));
        manifest = manifest with
        {
            Recordings =
            [
                .. manifest.Recordings.Select(recording =>
                {
                    var content = RandomNumberGenerator.GetBytes(bytes);
                    File.WriteAllBytes(manifest.Location.File(folder, recording.File), content);
                    return recording with { FileSize = bytes, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) };
                }),
            ],
        };
        manifest = change?.Invoke(manifest) ?? manifest;
        LeftRecording.Save(folder, manifest);
        return manifest;
    }

    /// <summary>The same, known to lie in the store.</summary>
    public static RecordingManifest Archived(RecordingManifest manifest, params string[] types) => manifest with
    {
        Recordings =
        [
            .. manifest.Recordings.Select(r => types.Length > 0 && !types.Contains(r.RecordingType) ? r : r with
            {
                Archived = new ArchivedFacts { Sha256 = r.Sha256!, Store = "s3", ObjectKey = "recordings/" + r.File, ArchivedAt = manifest.EndedAt!.Value.AddMinutes(1) },
            }),
        ],
    };

    public static RecordingManifest Read(string folder, RecordingManifest manifest) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(manifest.Location.Manifest(folder)), ManifestJsonContext.Default.RecordingManifest)!;

    /// <summary>The names of the audio files of its call.</summary>
    public static string[] Files(string folder, RecordingManifest manifest) =>
        [.. Directory.EnumerateFiles(manifest.Location.Folder(folder)).Select(file => Path.GetFileName(file)!).Where(name => !name.StartsWith("manifest_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
