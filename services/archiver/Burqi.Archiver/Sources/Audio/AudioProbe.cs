namespace Burqi.Archiver.Sources.Audio;

/// <summary>Learns from a file's bytes, as they pass once and in order, what audio it holds. It keeps no more of them than one header.</summary>
internal abstract class AudioProbe
{
    // No header that is looked into is longer.
    private const int LongestHeader = 64 * 1024;

    private readonly byte[] _header = new byte[LongestHeader];
    private int _filled;
    private int _wanted;
    private long _skip;
    private bool _stopped;

    /// <summary>How many bytes have been dealt with.</summary>
    protected long Position { get; private set; }

    /// <summary>Whether the bytes so far end in the middle of something.</summary>
    protected bool IsInTheMiddle => !_stopped && (_skip > 0 || _filled > 0);

    /// <summary>The probe of a format; null for one that is not looked into.</summary>
    public static AudioProbe? For(string format) => format switch
    {
        "ogg" or "opus" => new OggOpusProbe(),
        "mp4" or "m4a" => new Mp4Probe(),
        "mp3" => new Mp3Probe(),
        _ => null,
    };

    /// <summary>The next bytes of the file.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_stopped)
        {
            var taken = (int)Math.Min(bytes.Length, _skip > 0 ? _skip : _wanted - _filled);
            if (_skip > 0)
            {
                _skip -= taken;
            }
            else
            {
                bytes[..taken].CopyTo(_header.AsSpan(_filled));
                _filled += taken;
            }

            Position += taken;
            bytes = bytes[taken..];
            Settle();
        }
    }

    /// <summary>What the file holds, once all of it has passed; null where it is none of this format.</summary>
    public abstract ProbedAudio? End();

    /// <summary>Asks for so many bytes, which may be none, after so many others.</summary>
    protected void Want(long bytes, long skip = 0) => (_wanted, _skip) = ((int)Math.Min(bytes, LongestHeader), skip);

    /// <summary>Nothing further is of interest, or can be understood.</summary>
    protected void Stop() => _stopped = true;

    /// <summary>Takes the bytes that were wanted, and wants others.</summary>
    protected abstract void Read(ReadOnlySpan<byte> bytes);

    private void Settle()
    {
        while (!_stopped && _skip == 0 && _filled == _wanted)
        {
            _filled = 0;
            var wanted = _wanted;
            Read(_header.AsSpan(0, wanted));
            if (wanted == 0 && _wanted == 0 && _skip == 0)
            {
                Stop(); // it would ask for nothing for ever
            }
        }
    }
}

/// <summary>What audio a file holds.</summary>
/// <param name="SampleRate">Samples per second and channel.</param>
/// <param name="Channels">How many channels.</param>
/// <param name="DurationMs">How long it is, in ms; null where the file does not say.</param>
/// <param name="IsTruncated">Whether it ends in the middle of something.</param>
internal sealed record ProbedAudio(int SampleRate, int Channels, long? DurationMs, bool IsTruncated);
