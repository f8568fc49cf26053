namespace Burqi.Catalog.Calls.Export;

/// <summary>The checksum of ZIP (ISO 3309), eight bytes at a time.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    private static readonly uint[][] Tables = Fill();

    /// <summary>The checksum of what <paramref name="crc"/> stands for and of <paramref name="data"/> behind it; 0 stands for nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        for (; data.Length >= Slices; data = data[Slices..])
        {
            crc = Tables[7][(byte)(data[0] ^ crc)] ^ Tables[6][(byte)(data[1] ^ (crc >> 8))]
                ^ Tables[5][(byte)(data[2] ^ (crc >> 16))] ^ Tables[4][data[3] ^ (crc >> 24)]
                ^ Tables[3][data[4]] ^ Tables[2][data[5]] ^ Tables[1][data[6]] ^ Tables[0][data[7]];
        }

        foreach (var value in data)
        {
            crc = Tables[0][(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[][] Fill()
    {
        var tables = new uint[Slices][];
        for (var slice = 0; slice < Slices; slice++)
        {
            tables[slice] = new uint[256];
            for (var value = 0u; value < 256; value++)
            {
                if (slice > 0)
                {
                    var before = tables[slice - 1][value];
                    tables[slice][value] = (before >> 8) ^ tables[0][(byte)before];
                    continue;
                }

                var crc = value;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
                }

                tables[0][value] = crc;
            }
        }

        return tables;
    }
}
