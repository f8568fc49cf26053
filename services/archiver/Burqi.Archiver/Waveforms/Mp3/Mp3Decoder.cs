using System.Buffers.Binary;

namespace Burqi.Archiver.Waveforms.Mp3;

/// <summary>Decodes one MP3, by LAME.</summary>
internal sealed unsafe class Mp3Decoder : IDisposable
{
    // A frame is 1152 samples at most; LAME never gives more than one at once.
    private const int MostSamples = 1152 * 2;
    private const int Id3Header = 10;

    // What every decoder adds to the delay that the encoder's tag tells.
    private const int DecoderDelay = 529;

    // struct mp3data_struct: whether a header was read, the channels and the rate come first; the rest is of no interest.
    private const int HeaderFields = 64;

    private readonly LameDecoderLibrary _library;
    private readonly short[] _left = new short[MostSamples];
    private readonly short[] _right = new short[MostSamples];
    private readonly int[] _header = new int[HeaderFields];
    private readonly byte[] _tag = new byte[Id3Header];
    private nint _decoder;
    private int? _early;
    private int _tagRead;
    private long _toSkip;
    private byte[] _given = [];
    private int _givenLength;

    private Mp3Decoder(LameDecoderLibrary library)
    {
        _library = library;
        _decoder = library.Init();
        if (_decoder == 0)
        {
            throw new InvalidOperationException("LAME could not begin to decode.");
        }

        // It would print on the process's standard error.
        library.SetErrorReport(_decoder, 0);
        library.SetMessageReport(_decoder, 0);
        library.SetDebugReport(_decoder, 0);
    }

    public int Channels => _header[1];

    public int SampleRate => _header[2];

    /// <summary>A decoder for one file.</summary>
    /// <exception cref="UndecodableException">LAME is not installed.</exception>
    public static Mp3Decoder Create() => new(
        LameDecoderLibrary.Instance ?? throw new UndecodableException($"The library {LameDecoderLibrary.Name}, which decodes MP3, is not installed (Debian's libmp3lame0)."));

    /// <summary>The next bytes of the file; what they hold is to be taken before more are given.</summary>
    public void Give(ReadOnlySpan<byte> bytes)
    {
        bytes = SkipTag(bytes);
        if (_given.Length < bytes.Length)
        {
            _given = new byte[bytes.Length];
        }

        bytes.CopyTo(_given);
        _givenLength = bytes.Length;
    }

    /// <summary>The next samples, the channels in turn; 0 when more has to be given first.</summary>
    /// <exception cref="UndecodableException">It is damaged, or no MP3.</exception>
    public int Take(Span<ushort> amplitudes)
    {
        // 0 is also what it says of a frame that holds a tag, and of the header behind that, and has more to give then.
        var samples = 0;
        for (var attempt = 0; attempt < 3 && samples == 0; attempt++)
        {
            samples = Decode();
        }

        if (samples < 0 || (samples > 0 && (Channels is not (1 or 2) || SampleRate <= 0)))
        {
            throw new UndecodableException("It is damaged, or no MP3.");
        }

        // The silence that coding puts before the audio is no part of it: players leave it out as well.
        var from = Math.Min(samples, _early ?? 0);
        _early -= from;
        for (var i = from; i < samples; i++)
        {
            amplitudes[(i - from) * Channels] = (ushort)Math.Abs((int)_left[i]);
            if (Channels == 2)
            {
                amplitudes[((i - from) * 2) + 1] = (ushort)Math.Abs((int)_right[i]);
            }
        }

        return samples == 0 ? 0 : from == samples ? Take(amplitudes) : (samples - from) * Channels;
    }

    public void Dispose()
    {
        if (_decoder != 0)
        {
            _ = _library.Exit(_decoder);
            _decoder = 0;
        }
    }

    private int Decode()
    {
        fixed (byte* given = _given)
        fixed (short* left = _left, right = _right)
        fixed (int* header = _header)
        {
            int delay = -1, padding = -1; // as they stay where there is no tag
            var samples = _library.Decode(_decoder, given, (nuint)_givenLength, left, right, header, &delay, &padding);
            _givenLength = 0; // it keeps what it was given
            _early ??= delay < 0 ? null : delay + DecoderDelay;
            return samples;
        }
    }

    /// <summary>An ID3v2 tag stands before the audio, and may hold what looks like some: a picture, say.</summary>
    private ReadOnlySpan<byte> SkipTag(ReadOnlySpan<byte> bytes)
    {
        if (_tagRead < Id3Header)
        {
            var taken = Math.Min(Id3Header - _tagRead, bytes.Length);
            bytes[..taken].CopyTo(_tag.AsSpan(_tagRead));
            _tagRead += taken;
            if (_tagRead < Id3Header)
            {
                return [];
            }

            if (!_tag.AsSpan().StartsWith("ID3"u8))
            {
                byte[] start = [.. _tag, .. bytes[taken..]];
                return start;
            }

            // Four bytes of seven bits each.
            var size = BinaryPrimitives.ReadUInt32BigEndian(_tag.AsSpan(6));
            _toSkip = (size & 0x7F) | ((size >> 1) & 0x3F80) | ((size >> 2) & 0x1FC000) | ((size >> 3) & 0xFE00000);
            bytes = bytes[taken..];
        }

        var skipped = (int)Math.Min(_toSkip, bytes.Length);
        _toSkip -= skipped;
        return bytes[skipped..];
    }
}
