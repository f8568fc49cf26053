using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Audio;

/// <summary>Reads a WAV of 16-bit PCM from its first sample to its last.</summary>
internal sealed class WavReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private long _position;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">The file is no such WAV.</exception>
    public WavReader(string path)
    {
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        if (WavFile.TryRead(_file) is not { FormatTag: WavFile.Pcm, BitsPerSample: 16 } wav)
        {
            _file.Dispose();
            throw new InvalidDataException("The file is no WAV of 16-bit PCM.");
        }

        Format = wav.Format;
        Frames = wav.DataLength / Format.BytesPerFrame;
        _position = wav.DataOffset;
        _end = wav.DataOffset + Frames * Format.BytesPerFrame;
    }

    public WavFormat Format { get; }

    public long Frames { get; }

    /// <summary>Reads as many samples as are left, up to <paramref name="samples"/>, and says how many.</summary>
    public int Read(Span<short> samples)
    {
        var bytes = MemoryMarshal.AsBytes(samples);
        bytes = bytes[..(int)Math.Min(bytes.Length, _end - _position)];
        var read = 0;
        while (read < bytes.Length)
        {
            var count = RandomAccess.Read(_file, bytes[read..], _position);
            if (count == 0)
            {
                throw new EndOfStreamException("A file became shorter while it was read.");
            }

            read += count;
            _position += count;
        }

        return read / WavFormat.BytesPerSample;
    }

    public void Dispose() => _file.Dispose();
}
