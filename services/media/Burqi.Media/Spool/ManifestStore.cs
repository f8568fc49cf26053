using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Spool;

/// <summary>The manifests in the recordings folder.</summary>
internal sealed partial class ManifestStore(IOptions<MediaOptions> options)
{
    private static readonly EnumerationOptions Folders = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = SpoolLocation.MaxDepth,

        // A volume's lost+found is nobody's but root's, and none of ours.
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    // On first use, so that a wrong option is reported by the host together with all others.
    private readonly Lazy<string> _root = new(() => Path.GetFullPath(options.Value.RecordingsDir));

    private readonly Lock _creating = new();

    public string Root => _root.Value;

    /// <summary>This process's mark in the manifests of its own live recordings.</summary>
    public Guid Run { get; } = Guid.CreateVersion7();

    /// <summary>Every manifest's path, in no order.</summary>
    public IEnumerable<string> Enumerate() => Directory.EnumerateFiles(Root, SpoolLocation.ManifestPattern, Folders);

    /// <summary>The manifests in the folder of one call.</summary>
    public IEnumerable<RecordingManifest> OfCall(SpoolLocation location)
    {
        var folder = location.Folder(Root);
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

    /// <inheritdoc cref="TryRead(string, string)"/>
    public RecordingManifest? TryRead(string path) => TryRead(Root, path);

    /// <summary>Reads a manifest; null when it is not one of ours, whatever is wrong with it: its names become paths.</summary>
    public static RecordingManifest? TryRead(string root, string path)
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
            && manifest.Settings is null or { IsValid: true }
            && Path.GetFullPath(manifest.Location.Manifest(root)) == Path.GetFullPath(path)
            && manifest.SampleRate is > 0 and <= 192_000
            && !manifest.Recordings.IsDefault
            && manifest.Recordings.All(r => AudioName().IsMatch(r.File))
            && (manifest.Tracks.IsDefault || manifest.Tracks.All(t => AudioName().IsMatch(t.File)))
            ? Upgrade(manifest)
            : null;
    }

    /// <summary>Claims the manifest's file names; false when another stream of the call has them.</summary>
    public bool TryCreate(RecordingManifest manifest)
    {
        var path = manifest.Location.Manifest(Root);

        // One at a time: streams of one call that begin in the same second claim the same name, and write it under the same temporary one.
        lock (_creating)
        {
            if (File.Exists(path))
            {
                return false;
            }

            DurableFile.Create(path, JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));
            return true;
        }
    }

    public void Save(RecordingManifest manifest) =>
        DurableFile.Replace(manifest.Location.Manifest(Root), JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));

    /// <summary>Version 1 knew recordings only: each voice's file was both what is captured and what is delivered.</summary>
    private static RecordingManifest Upgrade(RecordingManifest manifest) => manifest.Version >= RecordingManifest.CurrentVersion ? manifest : manifest with
    {
        Version = RecordingManifest.CurrentVersion,
        StreamIds = [manifest.StreamId],
        Tracks =
        [
            .. manifest.Recordings
                .Where(r => r.RecordingType != Contracts.Recordings.RecordingTypes.Mixed)
                .Select(r => new ManifestTrack { Name = r.RecordingType, File = r.File, Facts = r.Facts }),
        ],
        Recordings =
        [
            .. manifest.Recordings.Select(r => r with { Format = AudioFormats.Wav, SampleRate = manifest.SampleRate, Channels = 1, Facts = null }),
        ],
    };

    // Whatever a provider's call ids look like, they are folder names here.
    [GeneratedRegex("^[A-Za-z0-9_-]{1,128}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CallFolder();

    [GeneratedRegex("^[a-z]{1,16}[0-9]{0,3}_[0-9]{1,15}(_[0-9]{4,6}Hz)?\\.(wav|mp3)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex AudioName();
}
