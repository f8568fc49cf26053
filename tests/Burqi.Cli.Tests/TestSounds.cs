using Burqi.Media.Audio;

namespace Burqi.Cli.Tests;

/// <summary>Sounds of 8 kHz as linear samples, by name: speech, and what is hard to tell from something else.</summary>
internal static class TestSounds
{
    private const int Length = 80_000;

    public static IReadOnlyDictionary<string, Func<short[]>> All { get; } = new Dictionary<string, Func<short[]>>(StringComparer.Ordinal)
    {
        ["caller"] = () => Speech("caller"),
        ["callee"] = () => Speech("callee"),
        ["quiet speech"] = () => [.. Speech("caller").Select(s => (short)(s / 50))],
        ["tone"] = () => Make(i => 12000 * Math.Sin(2 * Math.PI * 440 / 8000 * i)),
        ["quiet tone"] = () => Make(i => 300 * Math.Sin(2 * Math.PI * 440 / 8000 * i)),
        ["full-scale tone"] = () => Make(i => 32767 * Math.Sin(2 * Math.PI * 440 / 8000 * i)),
        ["high tone"] = () => Make(i => 30000 * Math.Sin(2 * Math.PI * 3400 / 8000 * i)),
        ["square"] = () => Make(i => 32767 * Math.Sign(Math.Sin((2 * Math.PI * 440 / 8000 * i) + 0.1))),
        ["two tones"] = () => Make(i => 9000 * (Math.Sin(2 * Math.PI * 697 / 8000 * i) + Math.Sin(2 * Math.PI * 1209 / 8000 * i))),
        ["white noise"] = () => Noise(32767),
        ["soft noise"] = () => Noise(3000),
        ["faint noise"] = () => Noise(3),
        ["silence"] = () => new short[Length],
        ["silence of minus one"] = () => Make(_ => -1),
    };

    /// <summary>G.711 mu-law: to each sample the code whose value is nearest.</summary>
    public static byte[] Encode(ReadOnlySpan<short> samples)
    {
        var codes = new byte[256];
        var values = new short[256];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)i;
        }

        MuLaw.Decode(codes, values);
        Array.Sort(values, codes);
        var encoded = new byte[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var at = Array.BinarySearch(values, samples[i]);
            at = at >= 0 ? at : Math.Min(~at, 255);
            encoded[i] = at > 0 && samples[i] - values[at - 1] < values[at] - samples[i] ? codes[at - 1] : codes[at];
        }

        return encoded;
    }

    private static short[] Speech(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Speech", name + ".ulaw"));
        var samples = new short[bytes.Length];
        MuLaw.Decode(bytes, samples);
        return samples;
    }

    private static short[] Noise(int amplitude)
    {
        var random = new Random(7);
        return Make(_ => random.Next(-amplitude, amplitude + 1));
    }

    private static short[] Make(Func<int, double> sample) => [.. Enumerable.Range(0, Length).Select(i => (short)Math.Clamp(sample(i), -32768, 32767))];
}
