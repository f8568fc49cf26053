using System.Buffers.Binary;

namespace Burqi.Simulator.Audio;

/// <summary>Writes WAV files: 16-bit PCM with the plain 44-byte header.</summary>
public static class WavFile
{
    private const int HeaderBytes = 44;

    /// <summary>A WAV file of 8 kHz tracks of equal length, interleaved in the order given.</summary>
    public static byte[] Create(params IReadOnlyList<short[]> tracks)
    {
        var channels = tracks.Count;
        var length = tracks[0].Length;
        if (tracks.Any(t => t.Length != length))
        {
            throw new ArgumentException("The tracks of a WAV file are equally long.", nameof(tracks));
        }

        var blockAlign = channels * sizeof(short);
        var dataBytes = length * blockAlign;
        var file = new byte[HeaderBytes + dataBytes];
        var header = file.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(file.Length - 8));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], AudioFrame.SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(AudioFrame.SampleRate * blockAlign));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)blockAlign);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)dataBytes);

        var position = HeaderBytes;
        for (var i = 0; i < length; i++)
        {
            foreach (var track in tracks)
            {
                BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(position), track[i]);
                position += sizeof(short);
            }
        }

        return file;
    }
}
