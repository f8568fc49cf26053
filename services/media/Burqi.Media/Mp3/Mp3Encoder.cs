using Burqi.Media.Audio;

namespace Burqi.Media.Mp3;

/// <summary>Makes MP3 of one recording's audio, at a constant bit rate. Belongs to one thread.</summary>
internal sealed unsafe class Mp3Encoder : IDisposable
{
    private const int ModeStereo = 0;
    private const int ModeMono = 3;

    /// <summary>Samples of each channel encoded at once; an encoded block of them fits <see cref="_encoded"/> by LAME's own rule.</summary>
    private const int BlockFrames = 16 * 1024;

    private readonly LameLibrary _lame;
    private readonly int _channels;
    private readonly byte[] _encoded = new byte[BlockFrames * 5 / 4 + 7200];
    private nint _state;

    /// <summary>Begins an MP3 at one of <see cref="Mp3Rates"/>.</summary>
    /// <exception cref="InvalidOperationException">LAME refused the format, or there is no memory.</exception>
    public Mp3Encoder(LameLibrary lame, WavFormat format)
    {
        (_lame, _channels) = (lame, format.Channels);
        _state = lame.Init();
        if (_state == 0)
        {
            throw new InvalidOperationException("LAME could not be started.");
        }

        lame.SetInSampleRate(_state, format.SampleRate);
        lame.SetOutSampleRate(_state, format.SampleRate);
        lame.SetChannels(_state, format.Channels);
        lame.SetBitRate(_state, Mp3Rates.BitRate(format.SampleRate));
        lame.SetQuality(_state, Mp3Rates.Quality(format.SampleRate));

        // Not joint stereo: two parties who speak at once would bleed into each other.
        lame.SetMode(_state, format.Channels == 1 ? ModeMono : ModeStereo);
        lame.SetVariableBitRate(_state, 0);
        lame.SetInfoFrame(_state, 1);
        lame.SetId3Automatic(_state, 0);
        if (lame.InitParams(_state) < 0)
        {
            Dispose();
            throw new InvalidOperationException("LAME refused the format.");
        }
    }

    /// <summary>How many samples, of all channels together, may be given at once.</summary>
    public int MaxSamples => BlockFrames * _channels;

    /// <summary>Encodes whole frames, at most <see cref="MaxSamples"/>. What comes back is good until the next call; it may be nothing yet.</summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<short> samples)
    {
        if (samples.Length > MaxSamples)
        {
            throw new ArgumentException("That is more than can be encoded at once.", nameof(samples));
        }

        fixed (short* pcm = samples)
        fixed (byte* encoded = _encoded)
        {
            return Take(_channels == 1
                ? _lame.EncodeMono(_state, pcm, pcm, samples.Length, encoded, _encoded.Length)
                : _lame.EncodeStereo(_state, pcm, samples.Length / _channels, encoded, _encoded.Length));
        }
    }

    /// <summary>What is left.</summary>
    public ReadOnlySpan<byte> Flush()
    {
        fixed (byte* encoded = _encoded)
        {
            return Take(_lame.Flush(_state, encoded, _encoded.Length));
        }
    }

    /// <summary>
    /// The true first frame, which takes the place of the empty one that was given first: it tells players the length, and what the encoder
    /// added before and after the audio. Empty where there is none.
    /// </summary>
    public ReadOnlySpan<byte> GetInfoFrame()
    {
        fixed (byte* encoded = _encoded)
        {
            var length = _lame.GetInfoFrame(_state, encoded, (nuint)_encoded.Length);
            return length <= (nuint)_encoded.Length ? _encoded.AsSpan(0, (int)length) : [];
        }
    }

    public void Dispose()
    {
        if (_state != 0)
        {
            _ = _lame.Close(_state);
            _state = 0;
        }
    }

    private ReadOnlySpan<byte> Take(int length) =>
        length >= 0 ? _encoded.AsSpan(0, length) : throw new InvalidOperationException($"LAME failed ({length}).");
}
