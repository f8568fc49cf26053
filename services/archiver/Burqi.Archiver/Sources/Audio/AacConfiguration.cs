namespace Burqi.Archiver.Sources.Audio;

/// <summary>What an <c>esds</c> box says of AAC (ISO 14496-1 and -3). Writers put 2 for the channels of any audio beside it.</summary>
internal static class AacConfiguration
{
    private const int Decoder = 4;
    private const int DecoderSpecific = 5;
    private const int StreamWithRate = 3;

    private static readonly int[] SampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

    /// <summary>The rate and the channels; null for what it does not say.</summary>
    public static (int? SampleRate, int? Channels) Read(ReadOnlySpan<byte> box)
    {
        var at = 4;
        while (at + 2 <= box.Length)
        {
            var tag = box[at++];
            while (at < box.Length && (box[at++] & 0x80) != 0)
            {
                // The size, seven bits a byte: what is looked for is found without.
            }

            switch (tag)
            {
                case StreamWithRate when at + 3 <= box.Length:
                    var flags = box[at + 2];
                    at += 3 + ((flags & 0x80) != 0 ? 2 : 0) + ((flags & 0x20) != 0 ? 2 : 0);
                    at += (flags & 0x40) != 0 && at < box.Length ? 1 + box[at] : 0;
                    break;
                case Decoder:
                    at += 13;
                    break;
                case DecoderSpecific when at < box.Length:
                    return ReadSpecific(box[at..]);
                default:
                    return (null, null);
            }
        }

        return (null, null);
    }

    private static (int? SampleRate, int? Channels) ReadSpecific(ReadOnlySpan<byte> bytes)
    {
        var bits = new Bits(bytes);
        var kind = ReadKind(ref bits);
        var sampleRate = ReadRate(ref bits);
        var channels = bits.Take(4);
        // Spectral band replication doubles the rate, parametric stereo the channels of what is coded.
        if (kind is 5 or 29)
        {
            sampleRate = ReadRate(ref bits);
            channels = kind == 29 && channels == 1 ? 2 : channels;
        }

        return (sampleRate, channels switch { >= 1 and <= 6 => channels, 7 => 8, _ => null });
    }

    private static int ReadKind(ref Bits bits) => bits.Take(5) is var kind and not 31 ? kind : 32 + bits.Take(6);

    private static int? ReadRate(ref Bits bits) => bits.Take(4) switch
    {
        15 => bits.Take(24),
        var index when index < SampleRates.Length => SampleRates[index],
        _ => null,
    };

    private ref struct Bits(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public int Take(int count)
        {
            var value = 0;
            for (; count > 0; count--, _at++)
            {
                value = (value << 1) | (_at / 8 < _bytes.Length ? (_bytes[_at / 8] >> (7 - (_at % 8))) & 1 : 0);
            }

            return value;
        }
    }
}
