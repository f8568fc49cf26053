using System.Buffers.Binary;

namespace Burqi.Archiver.Sources.Audio;

/// <summary>Opus in Ogg (RFC 3533, RFC 7845): the first page names the channels, the last page of each link how many samples there are.</summary>
internal sealed class OggOpusProbe : AudioProbe
{
    private const int PageHeader = 27;
    private const int Begins = 2; // the flag of a stream's first page

    // Whatever rate it was made from: Opus counts, and is decoded, at this one.
    private const int SampleRate = 48_000;

    private State _state;
    private long _granule;
    private int _flags;
    private uint _page;
    private uint _opus;
    private int _channels;
    private int _preSkip;
    private long _last;
    private long _samples;
    private bool _isBroken;

    public OggOpusProbe() => Want(PageHeader);

    private enum State
    {
        Header,
        Lacing,
        FirstPacket,
    }

    public override ProbedAudio? End()
    {
        EndLink();
        return _channels == 0 ? null : new ProbedAudio(SampleRate, _channels, _samples * 1000 / SampleRate, _isBroken || IsInTheMiddle);
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Header when bytes.StartsWith("OggS"u8) && bytes[4] == 0:
                _flags = bytes[5];
                _granule = BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]);
                _page = BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]);
                (_state, var segments) = (State.Lacing, bytes[26]);
                Want(segments);
                break;
            case State.Header:
                _isBroken = true;
                Stop();
                break;
            case State.Lacing:
                var body = 0;
                foreach (var lace in bytes)
                {
                    body += lace;
                }

                if ((_flags & Begins) != 0)
                {
                    _state = State.FirstPacket;
                    Want(body);
                    break;
                }

                // A page on which no packet ends has -1.
                _last = _page == _opus && _granule >= 0 ? Math.Max(_last, _granule) : _last;
                _state = State.Header;
                Want(PageHeader, skip: body);
                break;
            default:
                if (bytes.StartsWith("OpusHead"u8) && bytes.Length >= 19 && bytes[9] > 0)
                {
                    EndLink();
                    _opus = _page;
                    _channels = _channels == 0 ? bytes[9] : _channels;
                    _preSkip = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
                }

                _state = State.Header;
                Want(PageHeader);
                break;
        }
    }

    /// <summary>Links follow one another, each with a count of its own, of which what is played before its first sample is taken off.</summary>
    private void EndLink()
    {
        _samples += Math.Max(0, _last - _preSkip);
        _last = 0;
    }
}
