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

    /// <summary>Makes the tracks final and saves that they are. Without any audio there is nothing more to do: then all is final.</summary>
    /// <exception cref="IOException">The disk refused; what is there stays, and can be finished later.</exception>
    public RecordingManifest Capture(RecordingManifest manifest)
    {
        var location = manifest.Location;
        var samples = FindLength(manifest);
        var durationMs = samples * 1000 / manifest.SampleRate;
        var captured = manifest with
        {
            State = ManifestStates.Captured,
            Samples = samples,
            DurationMs = durationMs,
            EndedAt = manifest.StartedAt.AddMilliseconds(durationMs),
        };
        if (samples == 0)
        {
            captured = captured with { State = ManifestStates.Final, Recordings = Discard(manifest, "The stream brought no audio.") };
        }
        else
        {
            foreach (var track in manifest.Tracks)
            {
                Level(location, track.File, manifest.SampleRate, samples);
                Settle(location, track.File);
            }

            DurableFile.SyncFolder(location.Folder(store.Root));
        }

        store.Save(captured);
        return captured;
    }

    /// <summary>Makes what is delivered from captured tracks, and saves the final manifest.</summary>
    /// <exception cref="IOException">The disk refused; what is there stays, and can be finished later.</exception>
    public RecordingManifest Deliver(RecordingManifest manifest)
    {
        if (manifest.State != ManifestStates.Captured)
        {
            return manifest;
        }

        var final = manifest with
        {
            State = ManifestStates.Final,
            Recordings = [.. manifest.Recordings.Select(recording => Publish(manifest, recording))],
        };
        DurableFile.SyncFolder(final.Location.Folder(store.Root));
        store.Save(final);
        RemoveUndelivered(final);
        return final;
    }

    /// <summary>Removes the tracks that were captured for the mix alone, once it is there.</summary>
    public void RemoveUndelivered(RecordingManifest manifest)
    {
        if (manifest.Recordings.Any(r => r.Failure is not null))
        {
            return; // What could not be made may yet be made from them, by hand.
        }

        foreach (var track in manifest.Tracks.Where(track => !RecordingPlan.Delivers(manifest.Settings, track.Name)))
        {
            File.Delete(manifest.Location.File(store.Root, track.File));
        }
    }

    private ImmutableArray<ManifestRecording> Discard(RecordingManifest manifest, string reason)
    {
        foreach (var file in manifest.Tracks.Select(track => track.File).Concat(manifest.Recordings.Select(r => r.File)))
        {
            File.Delete(manifest.Location.PartFile(store.Root, file));
        }

        return [.. manifest.Recordings.Select(r => r with { Failure = r.Failure ?? reason, FailedAt = r.FailedAt ?? time.GetUtcNow() })];
    }

    /// <summary>
    /// How long the timeline is, in samples. Of a two-way call that a crash cut off only the user's track says how long it lasted: the
    /// assistant's may hold what was still to be heard.
    /// </summary>
    private long FindLength(RecordingManifest manifest)
    {
        if (manifest.Samples is { } known)
        {
            return known;
        }

        var user = manifest.Tracks.FirstOrDefault(track => track.Name == RecordingTypes.User);
        if (manifest is { TwoWay: true, Ending: null } && user is not null && FindSamples(manifest.Location, user) is var heard and > 0)
        {
            return heard;
        }

        return manifest.Tracks.Select(track => FindSamples(manifest.Location, track)).DefaultIfEmpty().Max();
    }

    private long FindSamples(SpoolLocation location, ManifestTrack track) =>
        FindFile(location, track.File) is { } path
            ? Math.Max(0, (new FileInfo(path).Length - WavHeader.Length) / WavHeader.BytesPerSample)
            : 0;

    /// <summary>The file under its temporary name, or its final one where an earlier attempt got that far.</summary>
    private string? FindFile(SpoolLocation location, string name)
    {
        var part = location.PartFile(store.Root, name);
        if (File.Exists(part))
        {
            return part;
        }

        var final = location.File(store.Root, name);
        return File.Exists(final) ? final : null;
    }

    /// <summary>Gives a file its final name.</summary>
    private void Settle(SpoolLocation location, string name)
    {
        var part = location.PartFile(store.Root, name);
        if (File.Exists(part))
        {
            File.Move(part, location.File(store.Root, name), overwrite: true);
        }
    }

    /// <summary>Brings a track to the common length, with silence that takes no room on disk, and gives it a header that tells the truth.</summary>
    private void Level(SpoolLocation location, string name, int sampleRate, long samples)
    {
        var path = FindFile(location, name) ?? location.PartFile(store.Root, name);
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
    private void Mix(RecordingManifest manifest, ManifestRecording mixed, long samples)
    {
        var location = manifest.Location;
        var sources = new List<SafeFileHandle>(manifest.Tracks.Length);
        var mix = ArrayPool<short>.Shared.Rent(ChunkSamples);
        var addend = ArrayPool<short>.Shared.Rent(ChunkSamples);
        try
        {
            foreach (var track in manifest.Tracks)
            {
                sources.Add(File.OpenHandle(location.File(store.Root, track.File), FileMode.Open, FileAccess.Read, options: FileOptions.SequentialScan));
            }

            using var file = File.OpenHandle(location.PartFile(store.Root, mixed.File), FileMode.Create, FileAccess.ReadWrite);
            WriteHeader(file, manifest.SampleRate, samples);
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

    private ManifestRecording Publish(RecordingManifest manifest, ManifestRecording recording)
    {
        var location = manifest.Location;
        var path = location.File(store.Root, recording.File);
        if (recording.Failure is null && manifest.Tracks.All(track => track.File != recording.File))
        {
            try
            {
                Mix(manifest, recording, manifest.Samples ?? FindLength(manifest));
                Settle(location, recording.File);
            }
            catch (IOException exception)
            {
                // The mix can be made again from the tracks, which matter more: they are kept, and said to be there.
                File.Delete(location.PartFile(store.Root, recording.File));
                return Fail(recording, $"The mix could not be written ({exception.GetType().Name}).");
            }
        }

        if (!File.Exists(path))
        {
            return Fail(recording, "The file is gone.");
        }

        var (size, sha256) = Measure(path);
        return recording with { FileSize = size, Sha256 = sha256 };
    }

    private ManifestRecording Fail(ManifestRecording recording, string reason) => recording with
    {
        Failure = recording.Failure ?? reason,
        FailedAt = recording.FailedAt ?? time.GetUtcNow(),
    };

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
