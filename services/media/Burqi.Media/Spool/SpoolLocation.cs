using System.Globalization;

namespace Burqi.Media.Spool;

/// <summary>Where one stream's files lie below the recordings folder. The call id was checked before it came here.</summary>
internal readonly record struct SpoolLocation(string CallId, long Unix)
{
    public const string PartSuffix = ".part";
    public const string ManifestPattern = "manifest_*.json";

    public string ManifestName => string.Create(CultureInfo.InvariantCulture, $"manifest_{Unix}.json");

    public string Folder(string root) => Path.Combine(root, CallId);

    public string Manifest(string root) => Path.Combine(root, CallId, ManifestName);

    public string File(string root, ManifestRecording recording) => Path.Combine(root, CallId, recording.File);

    public string PartFile(string root, ManifestRecording recording) => File(root, recording) + PartSuffix;

    public string AudioName(string recordingType) => string.Create(CultureInfo.InvariantCulture, $"{recordingType}_{Unix}.wav");

    /// <summary>The file as events and the catalog name it.</summary>
    public string RelativePath(ManifestRecording recording) => $"{CallId}/{recording.File}";
}
