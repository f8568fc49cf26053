using System.Buffers.Binary;
using Burqi.Audio;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>The bytes before the samples of a WAV file; of one that is too long for its 32-bit sizes those of RF64 (EBU Tech 3306).</summary>
internal static class WavHeaderBytes
{
    private const int SizeOfLongSizes = 28;

    public static byte[] Of(WavLayout layout, long dataSize)
    {
        // Anything but PCM has a format of 18 bytes, and says how many samples there are.
        var isPcm = layout.Encoding == WavLayout.Pcm;
        var length = 12 + 8 + (isPcm ? 16 : 18 + 12) + 8;
        var isLong = length + dataSize + (dataSize & 1) - 8 > uint.MaxValue - 1;
        length += isLong ? 8 + SizeOfLongSizes : 0;
        var frames = dataSize / layout.FrameSize;
        var riffSize = length + dataSize + (dataSize & 1) - 8;

        var header = new byte[length];
        var writer = new Writer(header);
        writer.Text(isLong ? "RF64"u8 : "RIFF"u8);
        writer.Number32(isLong ? uint.MaxValue : (uint)riffSize);
        writer.Text("WAVE"u8);
        if (isLong)
        {
            writer.Text("ds64"u8);
            writer.Number32(SizeOfLongSizes);
            writer.Number64((ulong)riffSize);
            writer.Number64((ulong)dataSize);
            writer.Number64((ulong)frames);
            writer.Number32(0);
        }

        writer.Text("fmt "u8);
        writer.Number32(isPcm ? 16u : 18u);
        writer.Number16(layout.Encoding);
        writer.Number16(layout.Channels);
        writer.Number32((uint)layout.SampleRate);
        writer.Number32((uint)(layout.SampleRate * layout.FrameSize));
        writer.Number16(layout.FrameSize);
        writer.Number16(layout.BitsPerSample);
        if (!isPcm)
        {
            writer.Number16(0);
            writer.Text("fact"u8);
            writer.Number32(4);
            writer.Number32((uint)Math.Min(frames, uint.MaxValue));
        }

        writer.Text("data"u8);
        writer.Number32(isLong ? uint.MaxValue : (uint)dataSize);
        return header;
    }

    private ref struct Writer(Span<byte> left)
    {
        private Span<byte> _left = left;

        public void Text(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_left);
            _left = _left[text.Length..];
        }

        public void Number16(int value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_left, (ushort)value);
            _left = _left[2..];
        }

        public void Number32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_left, value);
            _left = _left[4..];
        }

        public void Number64(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_left, value);
            _left = _left[8..];
        }
    }
}
