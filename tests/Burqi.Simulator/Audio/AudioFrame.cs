namespace Burqi.Simulator.Audio;

/// <summary>The unit in which a call's audio moves: 20 ms of 8 kHz mu-law.</summary>
public static class AudioFrame
{
    /// <summary>Samples, and so mu-law bytes, in a second.</summary>
    public const int SampleRate = 8000;

    /// <summary>Samples, and so mu-law bytes, in a frame.</summary>
    public const int Samples = 160;

    /// <summary>Milliseconds in a frame.</summary>
    public const int Milliseconds = 20;

    /// <summary>How long a frame lasts.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(Milliseconds);

    /// <summary>A frame in which nobody speaks.</summary>
    public static readonly ReadOnlyMemory<byte> Silent = CreateSilent();

    /// <summary>The number of whole frames that cover <paramref name="duration"/>.</summary>
    public static long CountIn(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds / Milliseconds);

    private static byte[] CreateSilent()
    {
        var frame = new byte[Samples];
        Array.Fill(frame, MuLaw.Silence);
        return frame;
    }
}
