using System.Buffers;
using System.Collections.Immutable;
using Burqi.Contracts.Recordings;
using Burqi.Media.Audio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Spool;

/// <summary>
/// Turns what was recorded into final files: equal lengths, true headers, the mix, checksums, final names. It starts from whatever it finds,
/// so a crash at any point in it is repaired by running it again, and a recording cut off by a crash is finished by the very same steps.
/// </summary>
internal sealed partial class RecordingFinalizer(
    ManifestStore store,
    RecordingDeriver deriver,
    MediaTelemetry telemetry,
    IOptions<MediaOptions> options,
    TimeProvider time,
    ILogger<RecordingFinalizer> logger)
{
    /// <summary>Samples mixed at once: few enough to stay in the processor's cache and out of the large object heap.</summary>
    private const int ChunkSamples = 8 * 1024;

    /// <summary>How many bytes stand before a track's samples: as many as the longest recording allowed may come to need.</summary>
    public static int TrackHeaderLength(MediaOptions options, int sampleRate) =>
        WavHeader.LengthFor(new WavFormat(sampleRate, 1), (long)(options.MaxLength.TotalSeconds * sampleRate));

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
    /// <exception cref="OperationCanceledException">The process is ending; the next one goes on.</exception>
    public RecordingManifest Deliver(RecordingManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.State != ManifestStates.Captured)
        {
            return manifest;
        }

        var final = manifest with
        {
            State = ManifestStates.Final,
            Recordings = [.. manifest.Recordings.Select(recording => Publish(manifest, recording, cancellationToken))],
        };
        DurableFile.SyncFolder(final.Location.Folder(store.Root));
        store.Save(final);
        RemoveUndelivered(final);
        return final;
    }

    /// <summary>Whether delivering takes resampling or encoding, which is work for threads of its own.</summary>
    public static bool NeedsDeriving(RecordingManifest manifest) =>
        manifest.State == ManifestStates.Captured && manifest.Recordings.Any(recording => RecordingDeriver.IsDerived(manifest, recording));

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
        if (manifest is { TwoWay: true, Ending: null } && user is not null && FindSamples(manifest, user) is var heard and > 0)
        {
            return heard;
        }

        return manifest.Tracks.Select(track => FindSamples(manifest, track)).DefaultIfEmpty().Max();
    }

    private long FindSamples(RecordingManifest manifest, ManifestTrack track)
    {
        if (FindFile(manifest.Location, track.File) is not { } path)
        {
            return 0;
        }

        using var file = File.OpenHandle(path);
        return Math.Max(0, (RandomAccess.GetLength(file) - HeaderLength(file, manifest.SampleRate)) / WavFormat.BytesPerSample);
    }

    /// <summary>What the file's own header says, or, where a crash left none, what it was to be.</summary>
    private int HeaderLength(SafeFileHandle file, int sampleRate) =>
        WavFile.TryRead(file) is { DataOffset: WavHeader.Length or WavHeader.LongLength } wav ? (int)wav.DataOffset : TrackHeaderLength(options.Value, sampleRate);

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
        var format = new WavFormat(sampleRate, 1);
        var header = HeaderLength(file, sampleRate);
        var length = header + samples * format.BytesPerFrame;
        if (RandomAccess.GetLength(file) != length)
        {
            RandomAccess.SetLength(file, length);
        }

        WriteHeader(file, header, format, samples);
        RandomAccess.FlushToDisk(file);
    }

    private ManifestRecording Publish(RecordingManifest manifest, ManifestRecording recording, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var location = manifest.Location;
        recording = deriver.Settle(manifest, recording);
        var source = location.AudioName(recording.RecordingType);
        if (recording.Failure is null && manifest.Tracks.All(track => track.File != source))
        {
            try
            {
                Mix(manifest, source, recording.Channels);
            }
            catch (Exception exception) when (IsTrouble(exception))
            {
                // The mix can be made again from the tracks, which matter more: they are kept, and said to be there.
                DeleteIfPossible(location.PartFile(store.Root, source));
                Log.NotMixed(logger, exception, manifest.CallId, manifest.StreamId);
                telemetry.Failed(FailureReason.Classify(exception), 1);
                return Fail(recording, FailureReason.Describe(exception));
            }
        }

        if (RecordingDeriver.IsDerived(manifest, recording) && TryDerive(manifest, recording, source, cancellationToken) is { } derived)
        {
            return derived;
        }

        // The WAV of the tracks themselves: what was asked for, or what is left of it.
        var path = location.File(store.Root, source);
        recording = recording with { File = source, Format = AudioFormats.Wav, SampleRate = manifest.SampleRate };
        if (!File.Exists(path))
        {
            return Fail(recording, "The file is gone.");
        }

        var file = FileMeasurement.Of(path);
        return recording with { FileSize = file.Size, Sha256 = file.Sha256, Audio = file.Audio };
    }

    private ManifestRecording? TryDerive(RecordingManifest manifest, ManifestRecording recording, string source, CancellationToken cancellationToken)
    {
        var location = manifest.Location;
        var part = location.PartFile(store.Root, recording.File);
        try
        {
            var audio = deriver.Derive(manifest, recording, location.File(store.Root, source), part, cancellationToken);
            Settle(location, recording.File);
            var file = FileMeasurement.Of(location.File(store.Root, recording.File));
            return recording with { FileSize = file.Size, Sha256 = file.Sha256, Audio = audio };
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            Log.NotDerived(logger, exception, manifest.CallId, manifest.StreamId, recording.RecordingType, recording.Format, recording.SampleRate);
            DeleteIfPossible(part);
            return null;
        }
    }

    /// <summary>
    /// Sums the tracks, or puts the assistant on the right and everybody else on the left. It is done at the end and not while recording:
    /// late frames may change either track until then, and reading both files once costs less than keeping a third one up to date.
    /// </summary>
    private void Mix(RecordingManifest manifest, string name, int channels)
    {
        var location = manifest.Location;
        var format = new WavFormat(manifest.SampleRate, channels);
        var samples = manifest.Samples ?? FindLength(manifest);
        var tracks = new List<(WavReader Reader, bool IsRight)>(manifest.Tracks.Length);
        var isStereo = channels == 2;
        var left = ArrayPool<int>.Shared.Rent(ChunkSamples);
        var right = ArrayPool<int>.Shared.Rent(isStereo ? ChunkSamples : 0);
        var track = ArrayPool<short>.Shared.Rent(ChunkSamples);
        var other = ArrayPool<short>.Shared.Rent(isStereo ? ChunkSamples : 0);
        var stereo = ArrayPool<short>.Shared.Rent(isStereo ? 2 * ChunkSamples : 0);
        try
        {
            foreach (var t in manifest.Tracks)
            {
                tracks.Add((new WavReader(location.File(store.Root, t.File)), isStereo && t.Name == RecordingTypes.Assistant));
            }

            using var file = File.OpenHandle(location.PartFile(store.Root, name), FileMode.Create, FileAccess.ReadWrite);
            using var writer = new WavFileWriter(file, format, samples);
            for (long position = 0; position < samples; position += ChunkSamples)
            {
                var count = (int)Math.Min(ChunkSamples, samples - position);
                left.AsSpan(0, count).Clear();
                right.AsSpan(0, isStereo ? count : 0).Clear();
                foreach (var (reader, isRight) in tracks)
                {
                    if (reader.Read(track.AsSpan(0, count)) < count)
                    {
                        throw new EndOfStreamException("A track is shorter than the others.");
                    }

                    PcmMixer.Add((isRight ? right : left).AsSpan(0, count), track);
                }

                PcmMixer.Saturate(left.AsSpan(0, count), track);
                if (!isStereo)
                {
                    writer.Write(track.AsSpan(0, count));
                    continue;
                }

                PcmMixer.Saturate(right.AsSpan(0, count), other);
                PcmMixer.Interleave(track.AsSpan(0, count), other, stereo);
                writer.Write(stereo.AsSpan(0, count * channels));
            }

            writer.Finish();
            RandomAccess.FlushToDisk(file);
        }
        finally
        {
            tracks.ForEach(t => t.Reader.Dispose());
            ArrayPool<int>.Shared.Return(left);
            ArrayPool<int>.Shared.Return(right);
            ArrayPool<short>.Shared.Return(track);
            ArrayPool<short>.Shared.Return(other);
            ArrayPool<short>.Shared.Return(stereo);
        }

        Settle(location, name);
    }

    /// <summary>The disk's trouble, a damaged file, or the encoder's: one file's, of which the others know nothing.</summary>
    private static bool IsTrouble(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException;

    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is a leftover, under a name that nobody reads.
        }
    }

    private ManifestRecording Fail(ManifestRecording recording, string reason) => recording with
    {
        Failure = recording.Failure ?? reason,
        FailedAt = recording.FailedAt ?? time.GetUtcNow(),
    };

    private static void WriteHeader(SafeFileHandle file, int length, WavFormat format, long frames)
    {
        Span<byte> header = stackalloc byte[length];
        WavHeader.WriteFinal(header, format, frames);
        RandomAccess.Write(file, header, 0);
    }

    private static partial class Log
    {
        [LoggerMessage(3202, LogLevel.Error, "The mix of call {CallId}, stream {StreamId}, could not be written; its tracks are whole")]
        public static partial void NotMixed(ILogger logger, Exception exception, string callId, string streamId);

        [LoggerMessage(3201, LogLevel.Error, "The {RecordingType} recording of call {CallId}, stream {StreamId}, could not be made as {Format} of {SampleRate} Hz: it stays the WAV that was captured")]
        public static partial void NotDerived(ILogger logger, Exception exception, string callId, string streamId, string recordingType, string format, int sampleRate);
    }
}
