using System.Buffers;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Waveforms.Mp3;
using Burqi.Audio;

namespace Burqi.Archiver.Waveforms;

/// <summary>Reads a recording through, once and in bounded memory, for its outline.</summary>
internal static class WaveformReader
{
    // A multiple of every size of a sample, and more than the longest header of a WAV file.
    private const int BlockSize = 3 * 32 * 1024;

    /// <summary>Whether there can be an outline of audio in this format.</summary>
    public static bool Reads(string? format) => format is "wav" or "mp3";

    /// <summary>Reads the outline.</summary>
    /// <param name="audio">The file.</param>
    /// <param name="fileSize">Its size.</param>
    /// <param name="format">Its format.</param>
    /// <param name="durationMs">How long it is said to be; null where nobody knows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UndecodableException">It cannot be decoded.</exception>
    public static async Task<Waveform> ReadAsync(Stream audio, long fileSize, string? format, long? durationMs, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        var amplitudes = ArrayPool<ushort>.Shared.Rent(BlockSize);
        try
        {
            return format switch
            {
                "wav" => await ReadWavAsync(audio, fileSize, block, amplitudes, cancellationToken),
                "mp3" => await ReadMp3Async(audio, durationMs, block, amplitudes, cancellationToken),
                _ => throw new UndecodableException($"There is no outline of audio in {format} form."),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
            ArrayPool<ushort>.Shared.Return(amplitudes);
        }
    }

    private static async Task<Waveform> ReadWavAsync(Stream audio, long fileSize, byte[] block, ushort[] amplitudes, CancellationToken cancellationToken)
    {
        var filled = await FillAsync(audio, block.AsMemory(0, BlockSize), cancellationToken);
        var layout = WavLayout.Read(block.AsSpan(0, filled)) ?? throw new UndecodableException("It is no WAV file, or its samples begin very late in it.");
        var sampleSize = WavAmplitudes.SampleSize(layout);
        var left = layout.SampleBytes(fileSize);
        var frames = left / layout.FrameSize;
        var meter = new WaveformMeter(layout.Channels, layout.SampleRate, frames);

        var samples = block.AsMemory((int)layout.DataOffset, filled - (int)layout.DataOffset);
        while (true)
        {
            samples = samples[..(int)Math.Min(samples.Length, left)];
            var whole = samples.Length - (samples.Length % sampleSize);
            WavAmplitudes.Read(layout, samples.Span[..whole], amplitudes);
            meter.Add(amplitudes.AsSpan(0, whole / sampleSize));
            left -= whole;

            // What is left of a sample comes before the rest of it.
            var rest = samples[whole..];
            rest.CopyTo(block);
            if (left == 0 || await FillAsync(audio, block.AsMemory(rest.Length, BlockSize - rest.Length), cancellationToken) is not (> 0 and var read))
            {
                return meter.End((long)((Int128)frames * 1000 / layout.SampleRate));
            }

            samples = block.AsMemory(0, rest.Length + read);
        }
    }

    private static async Task<Waveform> ReadMp3Async(Stream audio, long? durationMs, byte[] block, ushort[] amplitudes, CancellationToken cancellationToken)
    {
        var length = durationMs ?? throw new UndecodableException("Nobody knows how long it is.");
        using var decoder = Mp3Decoder.Create();
        WaveformMeter? meter = null;
        while (await FillAsync(audio, block.AsMemory(0, BlockSize), cancellationToken) is > 0 and var read)
        {
            decoder.Give(block.AsSpan(0, read));
            while (decoder.Take(amplitudes) is > 0 and var taken)
            {
                meter ??= new WaveformMeter(decoder.Channels, decoder.SampleRate, (long)((Int128)length * decoder.SampleRate / 1000));
                meter.Add(amplitudes.AsSpan(0, taken));
            }
        }

        return meter?.End(length) ?? throw new UndecodableException("There is no audio in it.");
    }

    // What goes wrong here is the store's; what goes wrong with what it gave is not, and says nothing against it.
    private static Task<int> FillAsync(Stream audio, Memory<byte> block, CancellationToken cancellationToken) => StoredObject.AskAsync(
        () => audio.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken).AsTask(), cancellationToken);
}
