using Burqi.Media.Playback;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A track in memory: what was heard, silence where nothing was.</summary>
internal sealed class HeardTrack : IPlaybackTrack
{
    private readonly List<short> _samples = [];

    public short[] Samples => [.. _samples];

    public List<(long Position, long Samples)> Lost { get; } = [];

    public void Play(long position, ReadOnlySpan<short> samples)
    {
        position.ShouldBeGreaterThanOrEqualTo(_samples.Count, "What was heard goes on, never back.");
        _samples.AddRange(new short[position - _samples.Count]);
        _samples.AddRange(samples);
    }

    public void Lose(long position, long samples) => Lost.Add((position, samples));
}
