using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Audio;

/// <summary>Puts audio into a file, from its first sample to its last.</summary>
internal interface IPcmWriter : IDisposable
{
    /// <summary>Takes whole frames, their channels interleaved.</summary>
    void Write(ReadOnlySpan<short> samples);

    /// <summary>Makes the file whole. It may still have to be flushed to the disk.</summary>
    void Finish();
}

/// <summary>A WAV of 16-bit PCM.</summary>
internal sealed class WavFileWriter : IPcmWriter
{
    private readonly SafeFileHandle _file;
    private readonly WavFormat _format;
    private readonly int _headerLength;
    private long _bytes;

    /// <summary>Begins a file for at most so many frames.</summary>
    public WavFileWriter(SafeFileHandle file, WavFormat format, long maxFrames)
    {
        _file = file;
        _format = format;
        _headerLength = WavHeader.LengthFor(format, maxFrames);
        Span<byte> header = stackalloc byte[_headerLength];
        WavHeader.WriteGrowing(header, format);
        RandomAccess.Write(file, header, 0);
    }

    public void Write(ReadOnlySpan<short> samples)
    {
        // Samples are little-endian in the file, as they are in the memory of every machine .NET 10 runs on but s390x.
        var bytes = MemoryMarshal.AsBytes(samples);
        RandomAccess.Write(_file, bytes, _headerLength + _bytes);
        _bytes += bytes.Length;
    }

    public void Finish()
    {
        Span<byte> header = stackalloc byte[_headerLength];
        WavHeader.WriteFinal(header, _format, _bytes / _format.BytesPerFrame);
        RandomAccess.Write(_file, header, 0);
    }

    public void Dispose() => _file.Dispose();
}
