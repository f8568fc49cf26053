using System.Buffers.Binary;

namespace Burqi.Archiver.Sources.Audio;

/// <summary>
/// MP4 (ISO 14496-12): its boxes are walked as they pass, wherever the one about the tracks stands. The first track of sound counts.
/// </summary>
internal sealed class Mp4Probe : AudioProbe
{
    private const int BoxHeader = 8;
    private const int LongestLeaf = 4096;

    private readonly Stack<(string Type, long End)> _open = new();
    private State _state;
    private string _type = "";
    private long _payload;
    private bool _isOpenEnded;
    private bool _isMp4;
    private bool _isBroken;
    private uint _movieScale;
    private ulong _fragments;
    private Track _track = new();
    private Track? _sound;

    public Mp4Probe() => Want(BoxHeader);

    private enum State
    {
        Header,
        LongSize,
        Leaf,
    }

    public override ProbedAudio? End()
    {
        CloseEnded();
        return _sound is { SampleRate: > 0, Channels: > 0 } sound
            ? new ProbedAudio(sound.SampleRate, sound.Channels, DurationOf(sound), _isBroken || _open.Count > 0 || (IsInTheMiddle && !_isOpenEnded))
            : null;
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Header:
                CloseEnded(before: Position - BoxHeader);
                _type = System.Text.Encoding.Latin1.GetString(bytes.Slice(4, 4));
                if (BinaryPrimitives.ReadUInt32BigEndian(bytes) is var size and not 1)
                {
                    Begin(size == 0 ? long.MaxValue : size - BoxHeader);
                    break;
                }

                _state = State.LongSize;
                Want(8);
                break;
            case State.LongSize:
                Begin((long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(bytes), long.MaxValue) - BoxHeader - 8);
                break;
            default:
                ReadLeaf(bytes);
                Next(skip: _payload - bytes.Length);
                break;
        }
    }

    private void Begin(long payload)
    {
        // The first box says what the file is; older writers have none, and begin with what they have.
        _isMp4 |= _type is "ftyp" or "styp" or "moov" or "mdat" or "free" or "skip" or "wide";
        _isOpenEnded = payload == long.MaxValue; // the last one may go on to the file's end
        if (!_isMp4 || payload < 0 || (_open.TryPeek(out var parent) && payload > parent.End - Position))
        {
            _isBroken = true;
            Stop();
            return;
        }

        _payload = payload;
        switch (_type)
        {
            case "moov" or "trak" or "mdia" or "minf" or "stbl" or "mvex":
                _open.Push((_type, payload > long.MaxValue - Position ? long.MaxValue : Position + payload));
                _track = _type == "trak" ? new Track() : _track;
                Next(skip: 0);
                break;
            case "mvhd" or "tkhd" or "mdhd" or "hdlr" or "stsd" or "mehd":
                _state = State.Leaf;
                Want(Math.Min(payload, LongestLeaf));
                break;
            default:
                Next(skip: payload);
                break;
        }
    }

    private void Next(long skip)
    {
        _state = State.Header;
        Want(BoxHeader, skip);
    }

    private void CloseEnded(long? before = null)
    {
        while (_open.TryPeek(out var box) && box.End <= (before ?? Position))
        {
            _open.Pop();
            if (box.Type == "trak" && _track.IsSound)
            {
                _sound ??= _track;
            }
        }
    }

    private void ReadLeaf(ReadOnlySpan<byte> box)
    {
        var isLong = !box.IsEmpty && box[0] == 1;
        switch (_type)
        {
            case "mvhd" when box.Length >= (isLong ? 32 : 20):
                _movieScale = UInt32(box, isLong ? 20 : 12);
                break;
            case "tkhd" when box.Length >= (isLong ? 36 : 24):
                _track.Presented = isLong ? UInt64(box, 28) : Known(UInt32(box, 20));
                break;
            case "mdhd" when box.Length >= (isLong ? 32 : 20):
                (_track.Scale, _track.Duration) = isLong ? (UInt32(box, 20), UInt64(box, 24)) : (UInt32(box, 12), Known(UInt32(box, 16)));
                break;
            case "mehd" when box.Length >= (isLong ? 12 : 8):
                _fragments = isLong ? UInt64(box, 4) : Known(UInt32(box, 4));
                break;
            case "hdlr" when box.Length >= 12:
                _track.IsSound = box.Slice(8, 4).SequenceEqual("soun"u8);
                break;
            case "stsd":
                ReadSamples(box);
                break;
            default:
                break;
        }
    }

    /// <summary>The first description of samples: what it says itself, unless an AAC configuration within says it better.</summary>
    private void ReadSamples(ReadOnlySpan<byte> box)
    {
        const int Entry = 8;
        const int Children = Entry + 36;
        if (box.Length < Children)
        {
            return;
        }

        var version = BinaryPrimitives.ReadUInt16BigEndian(box[(Entry + 16)..]);
        _track.Channels = BinaryPrimitives.ReadUInt16BigEndian(box[(Entry + 24)..]);
        _track.SampleRate = BinaryPrimitives.ReadUInt16BigEndian(box[(Entry + 32)..]);
        for (var at = Children + (version == 1 ? 16 : 0); at + BoxHeader <= box.Length;)
        {
            var size = UInt32(box, at);
            if (size < BoxHeader || size > box.Length - at)
            {
                return;
            }

            if (box.Slice(at + 4, 4).SequenceEqual("esds"u8))
            {
                var (rate, channels) = AacConfiguration.Read(box.Slice(at + BoxHeader, (int)size - BoxHeader));
                _track.SampleRate = rate ?? _track.SampleRate;
                _track.Channels = channels ?? _track.Channels;
                return;
            }

            at += (int)size;
        }
    }

    /// <summary>What is presented, without what an encoder put before and behind it; else all there is.</summary>
    private long? DurationOf(Track sound) => (sound, _movieScale) switch
    {
        ({ Presented: > 0 and < ulong.MaxValue }, > 0) => Milliseconds(sound.Presented, _movieScale),
        ({ Duration: > 0 and < ulong.MaxValue, Scale: > 0 }, _) => Milliseconds(sound.Duration, sound.Scale),
        (_, > 0) when _fragments is > 0 and < ulong.MaxValue => Milliseconds(_fragments, _movieScale),
        _ => null,
    };

    private static long Milliseconds(ulong duration, uint scale) => (long)((UInt128)duration * 1000 / scale);

    private static ulong Known(uint duration) => duration == uint.MaxValue ? ulong.MaxValue : duration;

    private static uint UInt32(ReadOnlySpan<byte> box, int at) => BinaryPrimitives.ReadUInt32BigEndian(box[at..]);

    private static ulong UInt64(ReadOnlySpan<byte> box, int at) => BinaryPrimitives.ReadUInt64BigEndian(box[at..]);

    private sealed class Track
    {
        public bool IsSound { get; set; }

        public uint Scale { get; set; }

        public ulong Duration { get; set; }

        public ulong Presented { get; set; }

        public int SampleRate { get; set; }

        public int Channels { get; set; }
    }
}
