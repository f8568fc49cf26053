namespace Burqi.Cli.Repair;

/// <summary>
/// How well each sample follows from those before it: speech and tones follow well, bytes read in the wrong format hardly at all.
/// Linear prediction by the autocorrelation method (Levinson-Durbin recursion).
/// </summary>
internal sealed class LinearPrediction(int channels)
{
    private const int Order = 10;

    private readonly double[] _correlation = new double[Order + 1];

    /// <summary>Adds a block of interleaved samples, whatever its own loudness, with the weight given.</summary>
    public void Add(ReadOnlySpan<short> block, double weight)
    {
        Span<double> correlation = stackalloc double[Order + 1];
        var mean = 0.0;
        foreach (var sample in block)
        {
            mean += sample;
        }

        mean /= Math.Max(1, block.Length);
        for (var lag = 0; lag <= Order; lag++)
        {
            var sum = 0.0;
            for (var i = lag * channels; i < block.Length; i++)
            {
                sum += (block[i] - mean) * (block[i - (lag * channels)] - mean);
            }

            correlation[lag] = sum;
        }

        if (correlation[0] <= 0)
        {
            return;
        }

        for (var lag = 0; lag <= Order; lag++)
        {
            _correlation[lag] += weight * correlation[lag] / correlation[0];
        }
    }

    /// <summary>The signal's power over that of the prediction's error, in dB: 0 for noise, and for nothing at all.</summary>
    public double GainDb()
    {
        if (_correlation[0] <= 0)
        {
            return 0;
        }

        Span<double> predictor = stackalloc double[Order + 1];
        Span<double> previous = stackalloc double[Order + 1];

        // A trace of white noise keeps a pure tone, which is predicted without any error, from dividing by nothing.
        var error = _correlation[0] * (1 + 1e-6);
        for (var step = 1; step <= Order; step++)
        {
            var reflection = _correlation[step];
            for (var i = 1; i < step; i++)
            {
                reflection -= predictor[i] * _correlation[step - i];
            }

            reflection /= error;
            predictor.CopyTo(previous);
            predictor[step] = reflection;
            for (var i = 1; i < step; i++)
            {
                predictor[i] = previous[i] - (reflection * previous[step - i]);
            }

            error *= 1 - (reflection * reflection);
            if (error <= _correlation[0] * 1e-6)
            {
                break;
            }
        }

        return 10 * Math.Log10(_correlation[0] / Math.Max(error, _correlation[0] * 1e-6));
    }
}
