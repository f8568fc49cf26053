namespace Burqi.Simulator.Audio;

/// <summary>What a party of a call says: mu-law samples at 8 kHz, cut into 20 ms frames; silence after the last.</summary>
public sealed class AudioSource
{
    private readonly byte[] samples;

    private AudioSource(ReadOnlySpan<byte> given)
    {
        var frames = (given.Length + AudioFrame.Samples - 1) / AudioFrame.Samples;
        samples = new byte[frames * AudioFrame.Samples];
        given.CopyTo(samples);
        samples.AsSpan(given.Length).Fill(MuLaw.Silence);
    }

    /// <summary>A party that says nothing and has nothing left to say.</summary>
    public static AudioSource Nothing { get; } = new([]);

    /// <summary>How long it speaks, in whole frames.</summary>
    public TimeSpan Length => Frames * AudioFrame.Duration;

    /// <summary>The samples, filled up with silence to a whole frame.</summary>
    public ReadOnlyMemory<byte> Samples => samples;

    internal long Frames => samples.Length / AudioFrame.Samples;

    /// <summary>One of the recorded voices that come with the simulator.</summary>
    /// <param name="name"><c>caller</c> or <c>callee</c>.</param>
    /// <exception cref="ArgumentException">There is no such voice.</exception>
    public static AudioSource Speech(string name)
    {
        using var resource = typeof(AudioSource).Assembly.GetManifestResourceStream($"Speech/{name}.ulaw")
            ?? throw new ArgumentException($"There is no voice '{name}'.", nameof(name));
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return new AudioSource(bytes);
    }

    /// <summary>Raw mu-law samples, 8 kHz, mono, without a header.</summary>
    public static AudioSource FromMuLaw(ReadOnlySpan<byte> samples) => new(samples);

    /// <summary>A raw mu-law file, 8 kHz, mono, without a header.</summary>
    public static AudioSource FromFile(string path) => new(File.ReadAllBytes(path));

    /// <summary>Silence that counts as speech: the party stays on the line for <paramref name="duration"/>.</summary>
    public static AudioSource Silence(TimeSpan duration)
    {
        var codes = new byte[SampleCount(duration)];
        Array.Fill(codes, MuLaw.Silence);
        return new AudioSource(codes);
    }

    /// <summary>A sine tone of half the full amplitude.</summary>
    public static AudioSource Tone(double hertz, TimeSpan duration)
    {
        var codes = new byte[SampleCount(duration)];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = MuLaw.Encode((short)(16000 * Math.Sin(2 * Math.PI * hertz * i / AudioFrame.SampleRate)));
        }

        return new AudioSource(codes);
    }

    /// <summary>
    /// Noise that never repeats itself within a call and is the same for the same <paramref name="seed"/>: a sample out of place, lost or
    /// doubled cannot go unnoticed. It leaves out 0x7F and 0xFF (both decode to zero), so it is nowhere mistaken for silence.
    /// </summary>
    public static AudioSource Pattern(int seed, TimeSpan duration)
    {
        var random = new Random(seed);
        var codes = new byte[SampleCount(duration)];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)(random.Next(127) | (random.Next(2) << 7));
        }

        return new AudioSource(codes);
    }

    /// <summary>The frame at <paramref name="index"/>; silence beyond the end.</summary>
    internal ReadOnlyMemory<byte> Frame(long index) =>
        index < Frames ? samples.AsMemory((int)(index * AudioFrame.Samples), AudioFrame.Samples) : AudioFrame.Silent;

    private static int SampleCount(TimeSpan duration) => (int)(duration.TotalSeconds * AudioFrame.SampleRate);
}
