using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Spool;

/// <summary>The manifests in the recordings folder.</summary>
internal sealed partial class ManifestStore(IOptions<MediaOptions> options)
{
    // On first use, so that a wrong option is reported by the host together with all others.
    private readonly Lazy<string> _root = new(() => Path.GetFullPath(options.Value.RecordingsDir));

    public string Root => _root.Value;

    /// <summary>This process's mark in the manifests of its own live recordings.</summary>
    public Guid Run { get; } = Guid.CreateVersion7();

    /// <summary>Every manifest's path, in no order.</summary>
    public IEnumerable<string> Enumerate()
    {
        foreach (var folder in Directory.EnumerateDirectories(Root))
        {
            foreach (var path in Directory.EnumerateFiles(folder, SpoolLocation.ManifestPattern))
            {
                yield return path;
            }
        }
    }

    /// <summary>The manifests of one call.</summary>
    public IEnumerable<RecordingManifest> OfCall(string callId)
    {
        var folder = Path.Combine(Root, callId);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(folder, SpoolLocation.ManifestPattern))
        {
            if (TryRead(path) is { } manifest)
            {
                yield return manifest;
            }
        }
    }

    /// <summary>Reads a manifest; null when it is not one of ours, whatever is wrong with it: its names become paths.</summary>
    public static RecordingManifest? TryRead(string path)
    {
        RecordingManifest? manifest;
        try
        {
            using var file = File.OpenRead(path);
            manifest = JsonSerializer.Deserialize(file, ManifestJsonContext.Default.RecordingManifest);
        }
        catch (JsonException)
        {
            return null;
        }

        return manifest is not null
            && CallFolder().IsMatch(manifest.CallId)
            && Path.GetFileName(Path.GetDirectoryName(path)) == manifest.CallId
            && Path.GetFileName(path) == manifest.Location.ManifestName
            && manifest.SampleRate is > 0 and <= 192_000
            && !manifest.Recordings.IsDefaultOrEmpty
            && manifest.Recordings.All(r => AudioName().IsMatch(r.File))
            ? manifest
            : null;
    }

    /// <summary>Claims the manifest's file names; false when another stream of the call has them.</summary>
    public bool TryCreate(RecordingManifest manifest)
    {
        var path = manifest.Location.Manifest(Root);
        if (File.Exists(path))
        {
            return false;
        }

        try
        {
            DurableFile.Create(path, JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    public void Save(RecordingManifest manifest) =>
        DurableFile.Replace(manifest.Location.Manifest(Root), JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));

    // Whatever a provider's call ids look like, they are folder names here.
    [GeneratedRegex("^[A-Za-z0-9]{1,64}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CallFolder();

    [GeneratedRegex("^[a-z]{1,16}_[0-9]{1,15}\\.wav$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AudioName();
}
