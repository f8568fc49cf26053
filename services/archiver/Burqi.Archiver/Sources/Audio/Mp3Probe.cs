using System.Buffers.Binary;

namespace Burqi.Archiver.Sources.Audio;

/// <summary>MPEG audio, layer III: its frames are counted, and what its encoder noted of the silence it added is taken off.</summary>
internal sealed class Mp3Probe : AudioProbe
{
    private const int FrameHeader = 4;
    private const int LongestGarbage = 64 * 1024;

    // After the header of the first frame: side information and, where an encoder wrote one, the note about the whole file.
    private const int NoteRoom = 192;
    private const int LameDelays = 141;

    private static readonly int[] Mpeg1Rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Mpeg2Rates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] SampleRates = [44_100, 48_000, 32_000];

    private State _state = State.Start;
    private Frame? _first;
    private uint _window;
    private long _frames;
    private long _garbage;
    private long? _announcedFrames;
    private int _added;
    private bool _ended;

    public Mp3Probe() => Want(FrameHeader);

    private enum State
    {
        Start,
        Tag,
        Header,
        Searching,
        Note,
    }

    public override ProbedAudio? End()
    {
        if (_first is not { } first || _frames == 0)
        {
            return null;
        }

        // The last frame counts when its header passed; what is missing of it was never audio that somebody heard whole.
        var isCut = !_ended && IsInTheMiddle;
        var whole = isCut ? _frames - 1 : _frames;
        return new ProbedAudio(
            first.SampleRate, first.Channels, Math.Max(0, (whole * first.Samples) - _added) * 1000 / first.SampleRate, isCut || whole < _announcedFrames);
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Start when bytes.StartsWith("ID3"u8):
                _state = State.Tag;
                Want(6);
                break;
            case State.Tag:
                // Seven bits of each byte, and a footer of ten bytes where a flag says so.
                _state = State.Start;
                Want(FrameHeader, skip: ((bytes[2] << 21) | (bytes[3] << 14) | (bytes[4] << 7) | bytes[5]) + ((bytes[1] & 0x10) != 0 ? 10 : 0));
                break;
            case State.Note:
                ReadNote(bytes);
                Next(skip: _first!.Length - FrameHeader - bytes.Length);
                break;
            case State.Searching:
                Search((_window << 8) | bytes[0]);
                break;
            default:
                Search(BinaryPrimitives.ReadUInt32BigEndian(bytes));
                break;
        }
    }

    private void Search(uint header)
    {
        var frame = Frame.Parse(header);
        if (frame is not null && (_first is null || frame.IsLike(_first)))
        {
            Found(frame);
            return;
        }

        // A tag behind the last frame.
        if (_first is not null && ((header >> 8) == 0x544147 || header == 0x41504554))
        {
            _ended = true;
            Stop();
            return;
        }

        // One header alone may be chance: the next one must stand where it says.
        if (_frames == 1 && _announcedFrames is null)
        {
            (_first, _frames) = (null, 0);
        }

        if (_first is null && ++_garbage > LongestGarbage)
        {
            Stop();
            return;
        }

        (_state, _window) = (State.Searching, header);
        Want(1);
    }

    private void Found(Frame frame)
    {
        _frames++;
        if (_first is not null)
        {
            Next(skip: frame.Length - FrameHeader);
            return;
        }

        _first = frame;
        _state = State.Note;
        Want(Math.Min(frame.Length - FrameHeader, NoteRoom));
    }

    private void ReadNote(ReadOnlySpan<byte> bytes)
    {
        var note = bytes[Math.Min(bytes.Length, _first!.SideInformation)..];
        if (note.Length < 12 || !(note.StartsWith("Xing"u8) || note.StartsWith("Info"u8)))
        {
            return;
        }

        // The note fills a frame of its own, in which there is no audio.
        _frames = 0;
        var flags = BinaryPrimitives.ReadUInt32BigEndian(note[4..]);
        _announcedFrames = (flags & 1) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(note[8..]) : null;
        if (flags == 0xF && note.Length >= LameDelays + 3 && note[120] is (byte)'L')
        {
            _added = (note[LameDelays] << 4) + (note[LameDelays + 1] >> 4) + ((note[LameDelays + 1] & 0xF) << 8) + note[LameDelays + 2];
        }
    }

    private void Next(long skip)
    {
        _state = State.Header;
        Want(FrameHeader, skip);
    }

    private sealed record Frame(int Version, int SampleRate, int Channels, int Samples, int Length)
    {
        /// <summary>The bytes between the header and what encoders note.</summary>
        public int SideInformation => (Version, Channels) switch
        {
            (1, 1) => 17,
            (1, _) => 32,
            (_, 1) => 9,
            _ => 17,
        };

        public bool IsLike(Frame other) => Version == other.Version && SampleRate == other.SampleRate;

        public static Frame? Parse(uint header)
        {
            var version = (header >> 19) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
            var layer = (header >> 17) & 3; // 1: layer III
            var rate = (header >> 12) & 15; // 0: free format, which nobody writes
            var frequency = (header >> 10) & 3;
            if ((header >> 21) != 0x7FF || version == 1 || layer != 1 || rate is 0 or 15 || frequency == 3)
            {
                return null;
            }

            var sampleRate = SampleRates[frequency] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
            var samples = version == 3 ? 1152 : 576;
            var bitsPerSecond = (version == 3 ? Mpeg1Rates : Mpeg2Rates)[rate] * 1000;
            var length = (samples / 8 * bitsPerSecond / sampleRate) + (int)((header >> 9) & 1);
            return new Frame(version == 3 ? 1 : 2, sampleRate, ((header >> 6) & 3) == 3 ? 1 : 2, samples, length);
        }
    }
}
