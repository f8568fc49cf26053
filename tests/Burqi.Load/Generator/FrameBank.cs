using System.Text;
using Burqi.Simulator.Audio;

namespace Burqi.Load.Generator;

/// <summary>
/// What the calls' parties say, encoded once: a frame costs the generator a copy and three numbers. Every call begins at another place of the
/// recorded speech, so that no two files are alike and one written into another is found out.
/// </summary>
internal static class FrameBank
{
    private const int Shift = 37;

    private static readonly byte[][][] Base64 = [Encode("caller"), Encode("callee")];

    private static readonly short[][] Decoded =
        [MuLaw.Decode(AudioSource.Speech("caller").Samples.Span), MuLaw.Decode(AudioSource.Speech("callee").Samples.Span)];

    /// <summary>The payload of a call's frame: base64 of 160 mu-law bytes.</summary>
    /// <param name="call">The call's number.</param>
    /// <param name="track">0 inbound, 1 outbound.</param>
    /// <param name="frame">The frame's number on its track.</param>
    public static ReadOnlySpan<byte> Payload(int call, int track, long frame) => Base64[track][Index(call, track, frame)];

    /// <summary>The samples a recording holds for a call's frame.</summary>
    public static ReadOnlySpan<short> Samples(int call, int track, long frame) =>
        Decoded[track].AsSpan(Index(call, track, frame) * AudioFrame.Samples, AudioFrame.Samples);

    private static int Index(int call, int track, long frame) => (int)((frame + (long)call * Shift) % Base64[track].Length);

    private static byte[][] Encode(string voice)
    {
        var samples = AudioSource.Speech(voice).Samples;
        var frames = new byte[samples.Length / AudioFrame.Samples][];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = Encoding.ASCII.GetBytes(Convert.ToBase64String(samples.Span.Slice(i * AudioFrame.Samples, AudioFrame.Samples)));
        }

        return frames;
    }
}
