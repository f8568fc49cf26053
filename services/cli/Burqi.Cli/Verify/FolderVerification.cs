using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Cli.Repair;
using Burqi.Cli.Wav;
using Burqi.Media.Audio;
using Burqi.Media.Spool;

namespace Burqi.Cli.Verify;

/// <summary>Checks recordings where they lie: each file for itself, and against the manifest beside it.</summary>
internal static class FolderVerification
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Checks one file's header, lengths and levels.</summary>
    public static async Task<FileReport> CheckAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.SequentialScan | FileOptions.Asynchronous);
            if (WavLayout.TryRead(file) is not { } layout)
            {
                return new FileReport { Path = path, Problems = ["It has no WAV header that says what its bytes are."] };
            }

            var problems = new List<string>();
            if (!layout.LengthsAreTrue)
            {
                problems.Add("Its header's lengths are not those of the file.");
            }

            var (levels, isMuLaw) = await MeasureAsync(file, layout, cancellationToken);
            if (isMuLaw)
            {
                problems.Add("Its header says linear samples, its audio is mu-law.");
            }

            return new FileReport { Path = path, DurationMs = layout.DurationMs, Levels = isMuLaw ? null : levels, Problems = problems };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new FileReport { Path = path, Problems = [$"It cannot be read: {exception.Message}"] };
        }
    }

    /// <summary>Compares a manifest with the files it names; one report for each file that is not as it says, and for a manifest that cannot be read.</summary>
    public static async Task<IReadOnlyList<FileReport>> CompareAsync(string manifestPath, CancellationToken cancellationToken)
    {
        RecordingManifest? manifest;
        try
        {
            await using var file = File.OpenRead(manifestPath);
            manifest = await JsonSerializer.DeserializeAsync(file, ManifestJsonContext.Default.RecordingManifest, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return [new FileReport { Path = manifestPath, Problems = ["The manifest cannot be read."] }];
        }

        if (manifest is not { State: ManifestStates.Final or ManifestStates.Announced or ManifestStates.Removed })
        {
            return [new FileReport { Path = manifestPath, Problems = ["The recording is not finished: it is live, or waits for its media node to start again."] }];
        }

        var reports = new List<FileReport>();
        var folder = Path.GetDirectoryName(manifestPath)!;
        foreach (var recording in manifest.Recordings.Where(r => r is { FileSize: not null, RemovedAt: null }))
        {
            // The name comes from a file that anybody may have written: it must not lead out of the folder.
            var path = Path.Combine(folder, Path.GetFileName(recording.File));
            if (await DifferenceAsync(path, recording, cancellationToken) is { } problem)
            {
                reports.Add(new FileReport { Path = path, Problems = [problem] });
            }
        }

        return reports;
    }

    private static async Task<string?> DifferenceAsync(string path, ManifestRecording recording, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan | FileOptions.Asynchronous);
            if (file.Length != recording.FileSize)
            {
                return $"The manifest says {recording.FileSize} bytes, the file has {file.Length}.";
            }

            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            return sha256 == recording.Sha256 ? null : "Its checksum is not the one in the manifest.";
        }
        catch (FileNotFoundException)
        {
            return "The manifest names it, and it is not there.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"It cannot be read: {exception.Message}";
        }
    }

    private static async Task<(Levels? Levels, bool IsMuLaw)> MeasureAsync(FileStream file, WavLayout layout, CancellationToken cancellationToken)
    {
        if (layout is not { FormatTag: WavLayout.Pcm, BitsPerSample: 16 })
        {
            return (null, false);
        }

        var detector = layout.Channels <= 2 ? new MuLawDetector(16, layout.Channels) : null;
        var meter = new AudioMeter(new WavFormat(layout.SampleRate, layout.Channels));
        var buffer = new byte[BufferBytes];
        file.Position = layout.DataOffset;
        for (var left = layout.ActualData; left > 0;)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
            await file.ReadExactlyAsync(piece, cancellationToken);
            detector?.Add(piece.Span);
            meter.Add(MemoryMarshal.Cast<byte, short>(piece.Span));
            left -= piece.Length;
        }

        return (Describe(meter.Read(), layout), detector?.IsMuLaw() == true);
    }

    private static Levels? Describe(AudioFacts facts, WavLayout layout)
    {
        var samples = layout.ActualData / sizeof(short);
        return samples == 0
            ? null
            : new Levels(20 * Math.Log10(facts.Peak / 32768.0), (double)facts.SilentMs / Math.Max(1, layout.DurationMs), (double)facts.ClippedSamples / samples);
    }
}
