namespace Burqi.Cli.Verify;

/// <summary>Measures loudness as it goes. Silence is what the manifests mean by it: blocks of 20 ms whose peak stays below 1/1000 of full scale.</summary>
internal sealed class LevelMeter(int samplesPerSecond)
{
    private const int SilencePeak = 33;

    private readonly int _blockSamples = samplesPerSecond / 50;
    private int _inBlock;
    private int _blockPeak;
    private int _peak;
    private long _samples;
    private long _silent;
    private long _clipped;

    public void Add(ReadOnlySpan<short> samples)
    {
        foreach (var sample in samples)
        {
            int magnitude = Math.Abs((int)sample);
            _blockPeak = Math.Max(_blockPeak, magnitude);
            if (sample is short.MinValue or short.MaxValue)
            {
                _clipped++;
            }

            if (++_inBlock == _blockSamples)
            {
                EndBlock();
            }
        }

        _samples += samples.Length;
    }

    /// <summary>The levels of all that was added; null when that was nothing.</summary>
    public Levels? Read()
    {
        EndBlock();
        return _samples == 0 ? null : new Levels(20 * Math.Log10(_peak / 32768.0), (double)_silent / _samples, (double)_clipped / _samples);
    }

    private void EndBlock()
    {
        if (_blockPeak < SilencePeak)
        {
            _silent += _inBlock;
        }

        _peak = Math.Max(_peak, _blockPeak);
        _blockPeak = 0;
        _inBlock = 0;
    }
}
