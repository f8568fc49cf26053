using System.Runtime.InteropServices;

namespace Burqi.Media.Streams;

/// <summary>A stretch of the timeline that was paused, in samples.</summary>
/// <param name="SilentFrom">From here on nothing is kept that comes after the pause was asked for: never after <paramref name="From"/>.</param>
/// <param name="From">Where the call was when the pause was asked for.</param>
/// <param name="To">Where it was when the pause was over; <see cref="long.MaxValue"/> while it lasts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PausedStretch(long SilentFrom, long From, long To);

/// <summary>
/// Where on a recording's timeline nothing of what is said may be kept. It is asked for every run of samples that goes into a block: what is
/// said in a pause never leaves the frame it came in, whenever that comes. In order, and never one over the other.
/// </summary>
internal sealed class PausedStretches
{
    private readonly List<PausedStretch> _all = [];

    public IReadOnlyList<PausedStretch> All => _all;

    public bool IsOpen => _all.Count > 0 && _all[^1].To == long.MaxValue;

    /// <summary>Begins a pause.</summary>
    /// <param name="silentFrom">The earliest that what is said from now on can lie.</param>
    /// <param name="from">Where the call is.</param>
    public void Begin(long silentFrom, long from)
    {
        var before = _all.Count > 0 ? _all[^1].To : 0;
        from = Math.Max(from, before);
        _all.Add(new PausedStretch(Math.Clamp(silentFrom, before, from), from, long.MaxValue));
    }

    /// <summary>Ends the pause.</summary>
    public void End(long to) => _all[^1] = _all[^1] with { To = Math.Max(to, _all[^1].From) };

    /// <summary>What is said from now on lies here or behind: a pause that lasts begins no later.</summary>
    public void Include(long position)
    {
        if (IsOpen)
        {
            var before = _all.Count > 1 ? _all[^2].To : 0;
            _all[^1] = _all[^1] with { SilentFrom = Math.Clamp(position, before, _all[^1].SilentFrom) };
        }
    }

    /// <summary>What is said from now on lies here or behind: a pause that is over is over here.</summary>
    public void Exclude(long position)
    {
        if (_all.Count > 0 && !IsOpen && position < _all[^1].To)
        {
            _all[^1] = _all[^1] with { To = Math.Max(position, _all[^1].From) };
        }
    }

    /// <summary>Makes silence of those of the samples that lie in a pause.</summary>
    /// <param name="position">Where the first of them lies.</param>
    /// <param name="samples">The samples.</param>
    public void Silence(long position, Span<short> samples)
    {
        for (var i = _all.Count - 1; i >= 0 && _all[i].To > position; i--)
        {
            var from = Math.Clamp(_all[i].SilentFrom - position, 0, samples.Length);
            var to = Math.Clamp(_all[i].To - position, 0, samples.Length);
            samples[(int)from..(int)to].Clear();
        }
    }
}
