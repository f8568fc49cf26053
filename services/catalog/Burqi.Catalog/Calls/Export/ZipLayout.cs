using System.Buffers.Binary;
using System.Text;

namespace Burqi.Catalog.Calls.Export;

/// <summary>
/// The parts of a ZIP file (APPNOTE 6.3.9) whose entries are stored as they are and whose sizes are known beforehand, so that its length is
/// known before its first byte. Every entry is written in the 64-bit form: there is one way for files of any size. An entry's checksum is not
/// known before it was read and stands behind it.
/// </summary>
internal static class ZipLayout
{
    private const ushort Version = 45;
    private const ushort MadeOnUnix = (3 << 8) | Version;
    private const ushort ChecksumFollowsAndNamesAreUtf8 = 0x0808;
    private const ushort Zip64Field = 1;
    private const uint In64Bits = uint.MaxValue;
    private const ushort LocalFieldLength = 16;
    private const ushort CentralFieldLength = 24;

    // -rw-r--r-- of a plain file.
    private const uint UnixMode = 0x81A4u << 16;

    private const int HeaderLength = 30 + 4 + LocalFieldLength;
    private const int DescriptorLength = 24;
    private const int CentralLength = 46 + 4 + CentralFieldLength;
    private const int EndLength = 56 + 20 + 22;

    /// <summary>How long the file is that holds these entries.</summary>
    public static long LengthOf(IEnumerable<ZipEntry> entries) =>
        entries.Sum(entry => HeaderLength + DescriptorLength + CentralLength + (2L * entry.NameBytes.Length) + entry.Size) + EndLength;

    /// <summary>What stands before an entry's bytes.</summary>
    public static byte[] Header(ZipEntry entry)
    {
        var writer = new Writer(HeaderLength + entry.NameBytes.Length);
        writer.U32(0x04034b50).U16(Version).U16(ChecksumFollowsAndNamesAreUtf8).U16(0).Time(entry.At).U32(0).U32(In64Bits).U32(In64Bits);
        writer.U16((ushort)entry.NameBytes.Length).U16(4 + LocalFieldLength).Bytes(entry.NameBytes);
        writer.U16(Zip64Field).U16(LocalFieldLength).U64(entry.Size).U64(entry.Size);
        return writer.Written;
    }

    /// <summary>What stands behind them.</summary>
    public static byte[] Descriptor(ZipEntry entry, uint crc) =>
        new Writer(DescriptorLength).U32(0x08074b50).U32(crc).U64(entry.Size).U64(entry.Size).Written;

    /// <summary>The directory and the end of the file.</summary>
    public static byte[] End(IReadOnlyList<(ZipEntry Entry, uint Crc)> entries)
    {
        var directoryLength = entries.Sum(written => CentralLength + written.Entry.NameBytes.Length);
        var writer = new Writer(directoryLength + EndLength);
        var offset = 0L;
        foreach (var (entry, crc) in entries)
        {
            writer.U32(0x02014b50).U16(MadeOnUnix).U16(Version).U16(ChecksumFollowsAndNamesAreUtf8).U16(0).Time(entry.At).U32(crc).U32(In64Bits).U32(In64Bits);
            writer.U16((ushort)entry.NameBytes.Length).U16(4 + CentralFieldLength).U16(0).U16(0).U16(0).U32(UnixMode).U32(In64Bits).Bytes(entry.NameBytes);
            writer.U16(Zip64Field).U16(CentralFieldLength).U64(entry.Size).U64(entry.Size).U64(offset);
            offset += HeaderLength + entry.NameBytes.Length + entry.Size + DescriptorLength;
        }

        writer.U32(0x06064b50).U64(44).U16(MadeOnUnix).U16(Version).U32(0).U32(0).U64(entries.Count).U64(entries.Count).U64(directoryLength).U64(offset);
        writer.U32(0x07064b50).U32(0).U64(offset + directoryLength).U32(1);
        return writer.U32(0x06054b50).U16(0).U16(0).U16(ushort.MaxValue).U16(ushort.MaxValue).U32(In64Bits).U32(In64Bits).U16(0).Written;
    }

    private sealed class Writer(int length)
    {
        private readonly byte[] buffer = new byte[length];
        private int position;

        public byte[] Written => position == buffer.Length ? buffer : throw new InvalidOperationException("A part of a ZIP file is not as long as it was computed.");

        public Writer U16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(position), value);
            position += 2;
            return this;
        }

        public Writer U32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(position), value);
            position += 4;
            return this;
        }

        public Writer U64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(position), value);
            position += 8;
            return this;
        }

        public Writer Bytes(byte[] value)
        {
            value.CopyTo(buffer, position);
            position += value.Length;
            return this;
        }

        // Of DOS: every other second, from 1980 on, of no zone.
        public Writer Time(DateTime at) => at.Year < 1980
            ? U16(0).U16((1 << 5) | 1)
            : U16((ushort)((at.Hour << 11) | (at.Minute << 5) | (at.Second / 2))).U16((ushort)(((Math.Min(at.Year, 2107) - 1980) << 9) | (at.Month << 5) | at.Day));
    }
}

/// <summary>A file in a ZIP file.</summary>
internal sealed record ZipEntry(string Name, long Size, DateTime At)
{
    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);
}
