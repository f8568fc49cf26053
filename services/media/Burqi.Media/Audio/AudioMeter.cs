using System.Numerics;
using System.Runtime.InteropServices;

namespace Burqi.Media.Audio;

/// <summary>Measures audio as it passes, however it is cut up.</summary>
internal sealed class AudioMeter(WavFormat format)
{
    /// <summary>A block whose peak stays below this, 1/1000 of full scale, is silent.</summary>
    private const int SilencePeak = 33;

    /// <summary>20 ms: what counts as silent is silent for so long.</summary>
    private readonly int _blockLength = Math.Max(1, format.SampleRate / 50) * format.Channels;

    private int _blockFilled;
    private int _blockPeak;
    private int _peak;
    private long _samples;
    private long _clipped;
    private long _silent;
    private UInt128 _squares;

    public void Add(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, _blockLength - _blockFilled);
            var block = samples[..count];
            var (peak, squares) = Measure(block);
            if (peak >= short.MaxValue)
            {
                _clipped += CountClipped(block);
            }

            _squares += (ulong)squares;
            _blockPeak = Math.Max(_blockPeak, peak);
            _blockFilled += count;
            if (_blockFilled == _blockLength)
            {
                EndBlock();
            }

            samples = samples[count..];
        }
    }

    /// <summary>What was measured so far.</summary>
    public AudioFacts Read()
    {
        EndBlock();
        return new AudioFacts(
            _peak,
            _samples == 0 ? 0 : (int)Math.Round(Math.Sqrt((double)_squares / _samples)),
            _clipped,
            _silent * 1000 / ((long)format.SampleRate * format.Channels));
    }

    private void EndBlock()
    {
        _peak = Math.Max(_peak, _blockPeak);
        _samples += _blockFilled;
        _silent += _blockPeak < SilencePeak ? _blockFilled : 0;
        (_blockFilled, _blockPeak) = (0, 0);
    }

    private static (int Peak, long Squares) Measure(ReadOnlySpan<short> samples)
    {
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
        var (least, most) = (Vector<short>.Zero, Vector<short>.Zero);
        var squares = Vector<long>.Zero;
        foreach (var vector in vectors)
        {
            least = Vector.Min(least, vector);
            most = Vector.Max(most, vector);
            Vector.Widen(vector, out var low, out var high);

            // Two squares of 16 bits fit 32 bits unsigned, and no more than two.
            Vector.Widen(Vector.AsVectorUInt32(low * low + high * high), out var even, out var odd);
            squares += Vector.AsVectorInt64(even + odd);
        }

        var (peak, sum) = (0, Vector.Sum(squares));
        for (var i = 0; i < Vector<short>.Count; i++)
        {
            peak = Math.Max(peak, Math.Max(-least[i], most[i]));
        }

        foreach (var sample in samples[(vectors.Length * Vector<short>.Count)..])
        {
            peak = Math.Max(peak, Math.Abs((int)sample));
            sum += sample * sample;
        }

        return (peak, sum);
    }

    private static int CountClipped(ReadOnlySpan<short> samples) => samples.Count(short.MaxValue) + samples.Count(short.MinValue);
}

/// <summary>What audio is like: the largest absolute sample and the root of the mean square (0 to 32768), samples at the ends of the range, and silence in ms.</summary>
internal sealed record AudioFacts(int Peak, int Rms, long ClippedSamples, long SilentMs);
