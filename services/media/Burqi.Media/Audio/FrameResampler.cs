namespace Burqi.Media.Audio;

/// <summary>Resamples interleaved channels, each by itself.</summary>
internal sealed class FrameResampler
{
    private readonly Resampler[] _channels;
    private readonly short[] _input;
    private readonly short[] _output;
    private readonly short[] _frames;

    public FrameResampler(WavFormat from, int toRate, int maxFrames)
    {
        _channels = [.. Enumerable.Range(0, from.Channels).Select(_ => new Resampler(from.SampleRate, toRate))];
        _input = new short[maxFrames];
        _output = new short[_channels[0].MaxOutput(maxFrames)];
        _frames = new short[_output.Length * from.Channels];
    }

    /// <summary>How many frames so many become.</summary>
    public long OutputLength(long frames) => _channels[0].OutputLength(frames);

    /// <summary>Takes whole frames and returns those that can be told so far; they are good until the next call.</summary>
    public ReadOnlySpan<short> Process(ReadOnlySpan<short> frames)
    {
        var input = _input.AsSpan(0, frames.Length / _channels.Length);
        var count = 0;
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            for (var i = 0; i < input.Length; i++)
            {
                input[i] = frames[i * _channels.Length + channel];
            }

            count = _channels[channel].Process(input, _output);
            Interleave(channel, count);
        }

        return _frames.AsSpan(0, count * _channels.Length);
    }

    /// <summary>Returns the frames that are left once there is no further input.</summary>
    public ReadOnlySpan<short> Finish()
    {
        var count = 0;
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            count = _channels[channel].Finish(_output);
            Interleave(channel, count);
        }

        return _frames.AsSpan(0, count * _channels.Length);
    }

    private void Interleave(int channel, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _frames[i * _channels.Length + channel] = _output[i];
        }
    }
}
