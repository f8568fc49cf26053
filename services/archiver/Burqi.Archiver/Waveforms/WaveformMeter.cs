namespace Burqi.Archiver.Waveforms;

/// <summary>Gathers the greatest amplitude of each stretch as the samples pass: memory does not grow with the recording.</summary>
internal sealed class WaveformMeter
{
    /// <summary>The amplitude of full scale.</summary>
    public const int FullScale = 32768;

    /// <summary>More than a screen can show.</summary>
    public const int MostPoints = 2000;

    /// <summary>More than anybody records; a file that says so would have memory taken for what nobody draws.</summary>
    private const int MostChannels = 64;

    // A stretch of less than 20 ms would show single waves and no outline.
    private const int MostPointsPerSecond = 50;

    private readonly long _frames;
    private readonly int _channels;
    private readonly int _points;
    private readonly int[] _peaks;
    private long _frame;
    private long _end;
    private int _point;
    private int _channel;

    /// <summary>A meter for audio of that size.</summary>
    /// <param name="channels">How many channels the audio has.</param>
    /// <param name="sampleRate">Samples per second and channel.</param>
    /// <param name="frames">How many samples each channel has, or should have: what comes beyond them counts to the last stretch.</param>
    /// <exception cref="UndecodableException">There are too many channels.</exception>
    public WaveformMeter(int channels, int sampleRate, long frames)
    {
        if (channels > MostChannels)
        {
            throw new UndecodableException($"There is no outline of audio of {channels} channels.");
        }

        _frames = Math.Max(frames, 1);
        _channels = channels;
        _points = (int)Math.Clamp(Math.Min(_frames, (_frames / sampleRate * MostPointsPerSecond) + (_frames % sampleRate * MostPointsPerSecond / sampleRate)), 1, MostPoints);
        _peaks = new int[_points * channels];
        _end = EndOf(0);
    }

    /// <summary>The next samples, the channels in turn: how far each is from silence, up to <see cref="FullScale"/>.</summary>
    public void Add(ReadOnlySpan<ushort> amplitudes)
    {
        foreach (var amplitude in amplitudes)
        {
            ref var peak = ref _peaks[(_channel * _points) + _point];
            if (amplitude > peak)
            {
                peak = amplitude;
            }

            if (++_channel == _channels)
            {
                _channel = 0;
                if (++_frame >= _end && _point < _points - 1)
                {
                    _end = EndOf(++_point);
                }
            }
        }
    }

    public Waveform End(long durationMs) =>
        new(durationMs, _channels, _points, [.. _peaks.Select(peak => (byte)(((Math.Min(peak, FullScale) * 255) + (FullScale / 2)) / FullScale))]);

    /// <summary>The first frame behind a stretch: all are equally long, but for a frame.</summary>
    private long EndOf(int point) => (long)(((Int128)(point + 1) * _frames) / _points);
}
