using Burqi.Media.Audio;
using Burqi.Media.Mp3;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Spool;

/// <summary>Makes a recording of another sample rate or container from a finished WAV.</summary>
internal sealed partial class RecordingDeriver(Mp3Support mp3, ILogger<RecordingDeriver> logger)
{
    /// <summary>Frames read at once.</summary>
    private const int ChunkFrames = 16 * 1024;

    /// <summary>Whether a recording has to be made from the WAV of its tracks, and is not that WAV.</summary>
    public static bool IsDerived(RecordingManifest manifest, ManifestRecording recording) =>
        recording.Failure is null && recording.File != manifest.Location.AudioName(recording.RecordingType);

    /// <summary>What can be made of what was asked for: where there is no MP3, a WAV of the same rate.</summary>
    public ManifestRecording Settle(RecordingManifest manifest, ManifestRecording recording)
    {
        if (recording.Failure is not null || recording.Format != AudioFormats.Mp3 || mp3.Library is not null)
        {
            return recording;
        }

        Log.NoMp3(logger, manifest.CallId, manifest.StreamId, recording.RecordingType);
        return recording with
        {
            Format = AudioFormats.Wav,
            File = RecordingPlan.FileName(manifest, recording.RecordingType, AudioFormats.Wav, recording.SampleRate),
        };
    }

    /// <summary>Makes the file and says how it sounds.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="InvalidOperationException">The encoder refused.</exception>
    /// <exception cref="OperationCanceledException">The process is ending.</exception>
    public AudioFacts Derive(RecordingManifest manifest, ManifestRecording recording, string sourcePath, string targetPath, CancellationToken cancellationToken)
    {
        using var source = new WavReader(sourcePath);
        var format = source.Format with { SampleRate = recording.SampleRate };
        var resampler = format == source.Format ? null : new FrameResampler(source.Format, format.SampleRate, ChunkFrames);
        var meter = new AudioMeter(format);

        using var file = File.OpenHandle(targetPath, FileMode.Create, FileAccess.ReadWrite);
        using IPcmWriter writer = recording.Format == AudioFormats.Mp3
            ? new Mp3FileWriter(file, mp3.Library!, format, Id3Tag.Create(manifest.CallId, recording.RecordingType, manifest.StartedAt))
            : new WavFileWriter(file, format, resampler?.OutputLength(source.Frames) ?? source.Frames);
        var frames = new short[ChunkFrames * format.Channels];
        while (source.Read(frames) is var count and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = frames.AsSpan(0, count);
            Write(resampler is null ? chunk : resampler.Process(chunk));
        }

        if (resampler is not null)
        {
            Write(resampler.Finish());
        }

        writer.Finish();
        RandomAccess.FlushToDisk(file);
        return meter.Read();

        void Write(ReadOnlySpan<short> samples)
        {
            meter.Add(samples);
            writer.Write(samples);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3200, LogLevel.Warning, "MP3 was asked for and cannot be made here: the {RecordingType} recording of call {CallId}, stream {StreamId}, becomes a WAV")]
        public static partial void NoMp3(ILogger logger, string callId, string streamId, string recordingType);
    }
}
