using System.Runtime.InteropServices;

namespace Burqi.Media.Audio;

/// <summary>The shape of 16-bit PCM: samples per second and channel in Hz, and how many channels are interleaved.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WavFormat(int SampleRate, int Channels)
{
    public const int BytesPerSample = sizeof(short);

    /// <summary>One sample of each channel.</summary>
    public int BytesPerFrame => Channels * BytesPerSample;
}
