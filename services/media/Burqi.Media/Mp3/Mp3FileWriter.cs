using Burqi.Media.Audio;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Mp3;

/// <summary>An MP3 file: its tag, the frame that describes it, the audio.</summary>
internal sealed class Mp3FileWriter : IPcmWriter
{
    private readonly SafeFileHandle _file;
    private readonly Mp3Encoder _encoder;
    private readonly long _audioStart;
    private long _end;

    public Mp3FileWriter(SafeFileHandle file, LameLibrary lame, WavFormat format, ReadOnlySpan<byte> tag)
    {
        (_file, _encoder) = (file, new Mp3Encoder(lame, format));
        RandomAccess.Write(file, tag, 0);
        _audioStart = _end = tag.Length;
    }

    public void Write(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, _encoder.MaxSamples);
            Append(_encoder.Encode(samples[..count]));
            samples = samples[count..];
        }
    }

    public void Finish()
    {
        Append(_encoder.Flush());
        RandomAccess.Write(_file, _encoder.GetInfoFrame(), _audioStart);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _file.Dispose();
    }

    private void Append(ReadOnlySpan<byte> encoded)
    {
        RandomAccess.Write(_file, encoded, _end);
        _end += encoded.Length;
    }
}
