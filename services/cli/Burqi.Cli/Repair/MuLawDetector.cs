using System.Buffers.Binary;
using Burqi.Media.Audio;

namespace Burqi.Cli.Repair;

/// <summary>
/// Tells mu-law bytes from the linear samples that a header claims them to be. It must never take good audio for garbled, so it asks for
/// two kinds of evidence: that the bytes make no sense as what the header says, and that they do as mu-law.
/// </summary>
internal sealed class MuLawDetector
{
    /// <summary>Below this many bytes that are not silence nothing is said: a tenth of a second of speech proves nothing.</summary>
    private const int LeastBytes = 1600;

    private const int BlockBytes = 480;

    /// <summary>
    /// By how much mu-law must be the better explanation. Speech read right is predicted 4 dB better and more; good audio read wrong never
    /// comes nearer than 2.4 dB the other way (faint noise), in stereo 3 dB.
    /// </summary>
    private const double LeastAdvantageDb = 3.5;

    private const double LeastStereoAdvantageDb = 5;

    /// <summary>An advantage that needs no further evidence: pure tones have it.</summary>
    private const double PlainAdvantageDb = 10;

    /// <summary>
    /// How different the bytes at even and at odd places may be: in mu-law each is a sample, in 16-bit audio one of the two is the fast
    /// and the other the slow half of one.
    /// </summary>
    private const double MostDifference = 0.2;

    private readonly int _channels;
    private readonly int _bytesPerSample;
    private readonly LinearPrediction _asDeclared;
    private readonly LinearPrediction _asMuLaw;
    private readonly long[] _even = new long[256];
    private readonly long[] _odd = new long[256];
    private readonly short[] _linear = new short[BlockBytes];
    private long _bytes;

    /// <summary>Begins with nothing heard.</summary>
    /// <param name="bitsPerSample">8 or 16: what the header declares.</param>
    /// <param name="channels">How many channels the header declares.</param>
    public MuLawDetector(int bitsPerSample, int channels)
    {
        _bytesPerSample = bitsPerSample / 8;
        _channels = channels;
        _asDeclared = new LinearPrediction(channels);
        _asMuLaw = new LinearPrediction(channels);
    }

    /// <summary>Whether what was added is mu-law.</summary>
    public bool IsMuLaw()
    {
        if (_bytes < LeastBytes)
        {
            return false;
        }

        var advantage = _asMuLaw.GainDb() - _asDeclared.GainDb();
        return _channels > 1
            ? advantage >= LeastStereoAdvantageDb
            : advantage >= PlainAdvantageDb || (advantage >= LeastAdvantageDb && (_bytesPerSample == 1 || Difference() <= MostDifference));
    }

    /// <summary>Adds audio bytes; the first must be a sample's first.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= BlockBytes; bytes = bytes[BlockBytes..])
        {
            AddBlock(bytes[..BlockBytes]);
        }
    }

    private void AddBlock(ReadOnlySpan<byte> block)
    {
        if (!block.ContainsAnyExcept(block[0]))
        {
            // Digital silence looks the same in every format.
            return;
        }

        _bytes += block.Length;
        MuLaw.Decode(block, _linear);

        // Noise between words follows from nothing in any format: what is loud, if it is mu-law, decides.
        var weight = Loudness(_linear.AsSpan(0, block.Length));
        _asMuLaw.Add(_linear.AsSpan(0, block.Length), weight);
        if (_bytesPerSample == 1)
        {
            for (var i = 0; i < block.Length; i++)
            {
                _linear[i] = (short)((block[i] - 128) << 8);
            }

            _asDeclared.Add(_linear.AsSpan(0, block.Length), weight);
            return;
        }

        for (var i = 0; i < block.Length; i += 2)
        {
            _even[block[i]]++;
            _odd[block[i + 1]]++;
            _linear[i / 2] = BinaryPrimitives.ReadInt16LittleEndian(block[i..]);
        }

        _asDeclared.Add(_linear.AsSpan(0, block.Length / 2), weight);
    }

    private static double Loudness(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }

        return Math.Sqrt(sum / samples.Length);
    }

    /// <summary>The total variation distance of the two histograms: 0 the same, 1 nothing in common.</summary>
    private double Difference()
    {
        var total = _even.Sum();
        return _even.Zip(_odd, (even, odd) => Math.Abs((double)even - odd)).Sum() / (2.0 * total);
    }
}
