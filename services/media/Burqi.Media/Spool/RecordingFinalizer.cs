using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Burqi.Contracts.Recordings;
using Burqi.Media.Audio;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Spool;

/// <summary>
/// Turns what was recorded into final files: equal lengths, true headers, the mix, checksums, final names. It starts from whatever it finds,
/// so a crash at any point in it is repaired by running it again, and a recording cut off by a crash is finished by the very same steps.
/// </summary>
internal sealed class RecordingFinalizer(ManifestStore store, TimeProvider time)
{
    /// <summary>Samples mixed or hashed at once: 128 KiB, the size beyond which a larger one gains nothing.</summary>
    private const int ChunkSamples = 64 * 1024;

    /// <summary>Finishes the files and saves the final manifest.</summary>
    /// <exception cref="IOException">The disk refused; what is there stays, and can be finished later.</exception>
    public RecordingManifest Complete(RecordingManifest manifest)
    {
        var location = manifest.Location;
        var tracks = manifest.Recordings.Where(r => r.RecordingType != RecordingTypes.Mixed).ToArray();
        var samples = tracks.Max(track => FindSamples(location, track));
        var recordings = samples == 0
            ? Discard(manifest, "The stream brought no audio.")
            : Keep(manifest, tracks, samples);

        var durationMs = samples * 1000 / manifest.SampleRate;
        var final = manifest with
        {
            State = ManifestStates.Final,
            DurationMs = durationMs,
            EndedAt = manifest.StartedAt.AddMilliseconds(durationMs),
            Recordings = recordings,
        };
        store.Save(final);
        return final;
    }

    private ImmutableArray<ManifestRecording> Keep(RecordingManifest manifest, ManifestRecording[] tracks, long samples)
    {
        var location = manifest.Location;
        foreach (var track in tracks)
        {
            Level(location, track, manifest.SampleRate, samples);
        }

        string? mixFailure = null;
        var mixed = manifest.Recordings.FirstOrDefault(r => r.RecordingType == RecordingTypes.Mixed);
        if (mixed is { Failure: null })
        {
            try
            {
                Mix(location, mixed, tracks, manifest.SampleRate, samples);
            }
            catch (IOException exception)
            {
                // The mix can be made again from the tracks, which matter more: they are kept, and said to be there.
                mixFailure = $"The mix could not be written ({exception.GetType().Name}).";
                File.Delete(location.PartFile(store.Root, mixed));
            }
        }

        var recordings = manifest.Recordings.Select(r => Publish(location, r == mixed && mixFailure is not null
            ? r with { Failure = mixFailure, FailedAt = time.GetUtcNow() }
            : r));
        var published = recordings.ToImmutableArray();
        DurableFile.SyncFolder(location.Folder(store.Root));
        return published;
    }

    private ImmutableArray<ManifestRecording> Discard(RecordingManifest manifest, string reason)
    {
        foreach (var recording in manifest.Recordings)
        {
            File.Delete(manifest.Location.PartFile(store.Root, recording));
        }

        return [.. manifest.Recordings.Select(r => r with { Failure = r.Failure ?? reason, FailedAt = r.FailedAt ?? time.GetUtcNow() })];
    }

    private long FindSamples(SpoolLocation location, ManifestRecording track) =>
        FindFile(location, track) is { } path
            ? Math.Max(0, (new FileInfo(path).Length - WavHeader.Length) / WavHeader.BytesPerSample)
            : 0;

    /// <summary>The file under its temporary name, or its final one where an earlier attempt got that far.</summary>
    private string? FindFile(SpoolLocation location, ManifestRecording recording)
    {
        var part = location.PartFile(store.Root, recording);
        if (File.Exists(part))
        {
            return part;
        }

        var final = location.File(store.Root, recording);
        return File.Exists(final) ? final : null;
    }

    /// <summary>Brings a track to the common length, with silence that takes no room on disk, and gives it a header that tells the truth.</summary>
    private void Level(SpoolLocation location, ManifestRecording track, int sampleRate, long samples)
    {
        var path = FindFile(location, track) ?? location.PartFile(store.Root, track);
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var length = WavHeader.Length + samples * WavHeader.BytesPerSample;
        if (RandomAccess.GetLength(file) != length)
        {
            RandomAccess.SetLength(file, length);
        }

        WriteHeader(file, sampleRate, samples);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>
    /// Sums the tracks. It is done at the end and not while recording: late frames may change either track until then, and reading both
    /// files once costs less than keeping a third one up to date.
    /// </summary>
    private void Mix(SpoolLocation location, ManifestRecording mixed, ManifestRecording[] tracks, int sampleRate, long samples)
    {
        var sources = new List<SafeFileHandle>(tracks.Length);
        var mix = ArrayPool<short>.Shared.Rent(ChunkSamples);
        var addend = ArrayPool<short>.Shared.Rent(ChunkSamples);
        try
        {
            foreach (var track in tracks)
            {
                sources.Add(File.OpenHandle(FindFile(location, track)!, FileMode.Open, FileAccess.Read, options: FileOptions.SequentialScan));
            }

            using var file = File.OpenHandle(FindFile(location, mixed) ?? location.PartFile(store.Root, mixed), FileMode.Create, FileAccess.ReadWrite);
            WriteHeader(file, sampleRate, samples);
            for (long position = 0; position < samples; position += ChunkSamples)
            {
                var count = (int)Math.Min(ChunkSamples, samples - position);
                var offset = WavHeader.Length + position * WavHeader.BytesPerSample;
                ReadExactly(sources[0], mix.AsSpan(0, count), offset);
                foreach (var source in sources.Skip(1))
                {
                    ReadExactly(source, addend.AsSpan(0, count), offset);
                    PcmMixer.AddSaturated(mix.AsSpan(0, count), addend.AsSpan(0, count));
                }

                RandomAccess.Write(file, MemoryMarshal.AsBytes(mix.AsSpan(0, count)), offset);
            }

            RandomAccess.FlushToDisk(file);
        }
        finally
        {
            ArrayPool<short>.Shared.Return(mix);
            ArrayPool<short>.Shared.Return(addend);
            sources.ForEach(source => source.Dispose());
        }
    }

    private ManifestRecording Publish(SpoolLocation location, ManifestRecording recording)
    {
        if (FindFile(location, recording) is not { } path)
        {
            return recording with
            {
                Failure = recording.Failure ?? "The file is gone.",
                FailedAt = recording.FailedAt ?? time.GetUtcNow(),
            };
        }

        var final = location.File(store.Root, recording);
        if (path != final)
        {
            File.Move(path, final);
        }

        var (size, sha256) = Measure(final);
        return recording with { FileSize = size, Sha256 = sha256 };
    }

    private static (long Size, string Sha256) Measure(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSamples * WavHeader.BytesPerSample);
        try
        {
            long size = 0;
            while (RandomAccess.Read(file, buffer, size) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                size += read;
            }

            return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void WriteHeader(SafeFileHandle file, int sampleRate, long samples)
    {
        Span<byte> header = stackalloc byte[WavHeader.Length];
        WavHeader.WriteFinal(header, sampleRate, samples);
        RandomAccess.Write(file, header, 0);
    }

    private static void ReadExactly(SafeFileHandle file, Span<short> samples, long offset)
    {
        var bytes = MemoryMarshal.AsBytes(samples);
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
            {
                throw new EndOfStreamException("A track became shorter while it was mixed.");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }
}
