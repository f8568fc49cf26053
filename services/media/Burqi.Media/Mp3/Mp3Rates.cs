namespace Burqi.Media.Mp3;

/// <summary>What MP3 can do at each sample rate.</summary>
internal static class Mp3Rates
{
    /// <summary>The sample rates there are, in Hz.</summary>
    public static readonly int[] SampleRates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    /// <summary>The highest constant bit rate of a sample rate, in kbit/s.</summary>
    public static int BitRate(int sampleRate) => sampleRate switch
    {
        >= 32_000 => 320,
        >= 16_000 => 160,
        _ => 64,
    };

    /// <summary>
    /// LAME's own scale, 0 to 9, the best first. Each keeps to a quarter of a CPU second for a minute of one channel; with so many bits for so
    /// little audio nobody hears the difference.
    /// </summary>
    public static int Quality(int sampleRate) => sampleRate >= 32_000 ? 5 : 3;
}
