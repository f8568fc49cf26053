using System.Globalization;

namespace Burqi.Media.Spool;

/// <summary>
/// Where one stream's files lie below the recordings folder, in a folder of their call, which may lie in a folder of its own
/// (<paramref name="SubFolder"/>, with forward slashes; empty: none). Both were checked before they came here.
/// </summary>
internal readonly record struct SpoolLocation(string CallId, long Unix, string SubFolder = "")
{
    public const string PartSuffix = ".part";
    public const string ManifestPattern = "manifest_*.json";

    /// <summary>How deep a call's folder can lie below the recordings folder.</summary>
    public const int MaxDepth = 5;

    public string ManifestName => NameOfManifest(Unix);

    public static string NameOfManifest(long unix) => string.Create(CultureInfo.InvariantCulture, $"manifest_{unix}.json");

    public string Folder(string root) => Path.Combine(root, SubFolder, CallId);

    public string Manifest(string root) => Path.Combine(Folder(root), ManifestName);

    public string File(string root, string name) => Path.Combine(Folder(root), name);

    public string PartFile(string root, string name) => File(root, name) + PartSuffix;

    /// <summary>The name of a recording, or a track, as it is captured.</summary>
    public string AudioName(string recordingType) => string.Create(CultureInfo.InvariantCulture, $"{recordingType}_{Unix}.wav");

    /// <summary>The name of a WAV at another rate than the stream's, in Hz.</summary>
    public string AudioName(string recordingType, int sampleRate) => string.Create(CultureInfo.InvariantCulture, $"{recordingType}_{Unix}_{sampleRate}Hz.wav");

    public string Mp3Name(string recordingType) => string.Create(CultureInfo.InvariantCulture, $"{recordingType}_{Unix}.mp3");

    /// <summary>The file as events and the catalog name it.</summary>
    public string RelativePath(ManifestRecording recording) =>
        SubFolder.Length == 0 ? $"{CallId}/{recording.File}" : $"{SubFolder}/{CallId}/{recording.File}";
}
