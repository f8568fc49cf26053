using System.Numerics;
using System.Runtime.InteropServices;

namespace Burqi.Media.Audio;

/// <summary>
/// Turns one channel into another sample rate. A Kaiser-windowed sinc in as many phases as the ratio of the rates asks for: flat to 89 % of
/// the lower rate's half, and everything from that half on, images and aliases alike, at least 80 dB down. Its delay is taken out, and the
/// result is the same however the audio is cut up.
/// </summary>
internal sealed class Resampler
{
    /// <summary>Kaiser's shape for 90 dB in the stop band.</summary>
    private const double Beta = 8.96;

    /// <summary>The pass band's end and the stop band's beginning, as shares of the lower rate.</summary>
    private const double PassEnd = 0.445;
    private const double StopStart = 0.5;

    /// <summary>What such a filter needs, at the lower rate: Kaiser's estimate, (90 - 8) / (2.285 · 2π · transition).</summary>
    private const double LowRateTaps = 82 / (2.285 * 2 * Math.PI * (StopStart - PassEnd));

    private readonly int _up;
    private readonly int _down;
    private readonly int _taps;
    private readonly float[] _phases;
    private float[] _window;
    private int _filled;
    private int _start;
    private int _phase;
    private long _taken;
    private long _given;

    public Resampler(int fromRate, int toRate)
    {
        var divisor = (int)BigInteger.GreatestCommonDivisor(fromRate, toRate);
        (_up, _down) = (toRate / divisor, fromRate / divisor);
        var perInput = Math.Min(1.0, (double)toRate / fromRate);
        _taps = RoundUp((int)Math.Ceiling(LowRateTaps / perInput), 2 * Vector<float>.Count);
        _phases = CreatePhases(_up, _taps, perInput);

        // Silence stands before the first sample, so that the first output is centred on it.
        _window = new float[4 * _taps];
        _filled = _taps / 2 - 1;
    }

    /// <summary>How many samples so many become: as many as begin before the last one ends.</summary>
    public long OutputLength(long samples) => (samples * _up + _down - 1) / _down;

    /// <summary>No more than this comes out for so many samples more.</summary>
    public int MaxOutput(int samples) => (int)OutputLength(samples + _taps) + 1;

    /// <summary>Takes samples and writes what can be told from them so far; says how many that are.</summary>
    public int Process(ReadOnlySpan<short> samples, Span<short> output)
    {
        _taken += samples.Length;
        Reserve(samples.Length);
        foreach (var sample in samples)
        {
            _window[_filled++] = sample;
        }

        return Produce(output, long.MaxValue);
    }

    /// <summary>Writes what is left once there is no further input.</summary>
    public int Finish(Span<short> output)
    {
        Reserve(_taps);
        _window.AsSpan(_filled, _taps).Clear();
        _filled += _taps;
        return Produce(output, OutputLength(_taken));
    }

    private int Produce(Span<short> output, long until)
    {
        var count = 0;
        for (; _start + _taps <= _filled && _given < until; _given++)
        {
            var value = Dot(_window.AsSpan(_start, _taps), _phases.AsSpan(_phase * _taps, _taps));
            output[count++] = (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);
            _phase += _down;
            _start += _phase / _up;
            _phase %= _up;
        }

        return count;
    }

    private void Reserve(int samples)
    {
        var passed = Math.Min(_start, _filled);
        _window.AsSpan(passed, _filled - passed).CopyTo(_window);
        _filled -= passed;
        _start -= passed;
        if (_window.Length < _filled + samples)
        {
            Array.Resize(ref _window, Math.Max(2 * _window.Length, _filled + samples));
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i < x.Length; i += 2)
        {
            even += x[i] * y[i];
            odd += x[i + 1] * y[i + 1];
        }

        return Vector.Sum(even + odd);
    }

    private static float[] CreatePhases(int phases, int taps, double perInput)
    {
        var cutoff = (PassEnd + StopStart) / 2 * perInput;
        var half = taps / 2.0;
        var coefficients = new float[phases * taps];
        var row = new double[taps];
        for (var phase = 0; phase < phases; phase++)
        {
            for (var tap = 0; tap < taps; tap++)
            {
                var time = tap - (taps / 2 - 1) - (double)phase / phases;
                var window = time / half;
                row[tap] = Math.Abs(window) >= 1 ? 0 : Sinc(2 * cutoff * time) * BesselI0(Beta * Math.Sqrt(1 - window * window));
            }

            // A constant stays that very constant, in every phase.
            var sum = row.Sum();
            for (var tap = 0; tap < taps; tap++)
            {
                coefficients[phase * taps + tap] = (float)(row[tap] / sum);
            }
        }

        return coefficients;
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>The modified Bessel function of order 0, by its series.</summary>
    private static double BesselI0(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
