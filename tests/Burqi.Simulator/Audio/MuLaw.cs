using System.Numerics;

namespace Burqi.Simulator.Audio;

/// <summary>G.711 mu-law, after the formulas of ITU-T G.711. The simulator has its own so that it can judge another's.</summary>
public static class MuLaw
{
    /// <summary>The byte that means silence: +0. (0x00 is the loudest negative sample.)</summary>
    public const byte Silence = 0xFF;

    private static readonly short[] DecodeTable = BuildDecodeTable();

    /// <summary>One mu-law byte as a 16-bit sample.</summary>
    public static short Decode(byte code) => DecodeTable[code];

    /// <summary>Mu-law bytes as 16-bit samples, one each.</summary>
    public static short[] Decode(ReadOnlySpan<byte> codes)
    {
        var samples = new short[codes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            samples[i] = DecodeTable[codes[i]];
        }

        return samples;
    }

    /// <summary>A 16-bit sample as mu-law.</summary>
    public static byte Encode(short sample)
    {
        // The standard's tables are for 14-bit input, biased by 33 so that every segment starts at a power of two.
        var magnitude = sample >> 2;
        var mask = 0xFF;
        if (magnitude < 0)
        {
            magnitude = -magnitude;
            mask = 0x7F;
        }

        magnitude = Math.Min(magnitude, 8158) + 33;
        var segment = BitOperations.Log2((uint)magnitude) - 5;
        var code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F);
        return (byte)(code ^ mask);
    }

    private static short[] BuildDecodeTable()
    {
        var table = new short[256];
        for (var code = 0; code < 256; code++)
        {
            var inverted = ~code & 0xFF;
            var magnitude = ((((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
            table[code] = (short)((inverted & 0x80) != 0 ? -magnitude : magnitude);
        }

        return table;
    }
}
