namespace Burqi.Media.Audio;

/// <summary>G.711 mu-law to 16-bit linear PCM.</summary>
internal static class MuLaw
{
    private static readonly short[] Linear = CreateTable();

    /// <summary>Decodes one sample a byte; <paramref name="linear"/> must hold as many samples as there are bytes.</summary>
    public static void Decode(ReadOnlySpan<byte> encoded, Span<short> linear)
    {
        ReadOnlySpan<short> table = Linear;
        linear = linear[..encoded.Length];
        for (var i = 0; i < encoded.Length; i++)
        {
            linear[i] = table[encoded[i]];
        }
    }

    private static short[] CreateTable()
    {
        const int bias = 0x84;
        var table = new short[256];
        for (var code = 0; code < table.Length; code++)
        {
            // Codes travel inverted: seven bits of mantissa and segment below the sign.
            var bits = ~code;
            var magnitude = ((((bits & 0x0F) << 3) + bias) << ((bits & 0x70) >> 4)) - bias;
            table[code] = (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
        }

        return table;
    }
}
