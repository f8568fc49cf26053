using System.Numerics;
using System.Runtime.InteropServices;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>How loud each channel of a WAV file of 16-bit samples is, measured as its bytes pass.</summary>
internal sealed class SampleMeter(WavHeader header)
{
    /// <summary>1/1000 of full scale: a channel that never reaches it is silent. Media draws the line there too.</summary>
    private const int SilencePeak = 33;

    private readonly int[] _peaks = new int[header.Channels];
    private readonly long _end = header.DataSize is { } size ? header.DataOffset + size : long.MaxValue;
    private long _position;
    private int _channel;

    /// <summary>The largest absolute sample value, 0 to 32768.</summary>
    public int Peak => _peaks.Max();

    /// <summary>How many channels are silent throughout.</summary>
    public int SilentChannels => _peaks.Count(peak => peak < SilencePeak);

    /// <summary>The meter for such a file; null where its samples are something else.</summary>
    public static SampleMeter? For(WavHeader? header) => header is { Is16BitPcm: true } ? new SampleMeter(header) : null;

    /// <summary>The next bytes of the file, header included. No piece but the last may have an odd length.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var from = (int)Math.Clamp(header.DataOffset - _position, 0, bytes.Length);
        var to = (int)Math.Clamp(_end - _position, from, bytes.Length);
        _position += bytes.Length;
        var samples = MemoryMarshal.Cast<byte, short>(bytes[from..to]);
        if (Vector<short>.Count % _peaks.Length == 0)
        {
            var single = Math.Min((_peaks.Length - _channel) % _peaks.Length, samples.Length);
            AddOneByOne(samples[..single]);
            samples = AddManyAtOnce(samples[single..]);
        }

        AddOneByOne(samples);
    }

    /// <summary>Whole vectors, the first of which begins with the first channel: each lane is one channel's throughout.</summary>
    /// <returns>What is left.</returns>
    private ReadOnlySpan<short> AddManyAtOnce(ReadOnlySpan<short> samples)
    {
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        var (lowest, highest) = (Vector<short>.Zero, Vector<short>.Zero);
        foreach (var vector in vectors)
        {
            lowest = Vector.Min(lowest, vector);
            highest = Vector.Max(highest, vector);
        }

        for (var lane = 0; lane < Vector<short>.Count; lane++)
        {
            ref var peak = ref _peaks[lane % _peaks.Length];
            peak = Math.Max(peak, Math.Max((int)highest[lane], -lowest[lane]));
        }

        return samples[(vectors.Length * Vector<short>.Count)..];
    }

    private void AddOneByOne(ReadOnlySpan<short> samples)
    {
        foreach (var sample in samples)
        {
            // As an int: the absolute value of the smallest sample is no short.
            _peaks[_channel] = Math.Max(_peaks[_channel], Math.Abs((int)sample));
            _channel = _channel + 1 == _peaks.Length ? 0 : _channel + 1;
        }
    }
}
