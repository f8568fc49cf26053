namespace Burqi.Archiver.Stores;

/// <summary>What a sweep has come to: one thing that cannot be removed does not keep the others.</summary>
internal sealed class SweepCount
{
    private Exception? _first;
    private int _removed;
    private int _left;

    /// <summary>Removes one thing; false says that it was gone, or is none of those.</summary>
    public async Task TryAsync(Func<Task<bool>> remove, CancellationToken cancellationToken)
    {
        try
        {
            _removed += await remove() ? 1 : 0;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _first ??= exception;
            _left++;
        }
    }

    /// <summary>How many were removed.</summary>
    /// <exception cref="IncompleteSweepException">Some could not be.</exception>
    public int Result() => _first is null ? _removed : throw new IncompleteSweepException(_removed, _left, _first);
}

/// <summary>A store was looked through to its end, and some of what broken uploads left behind could not be removed.</summary>
/// <param name="removed">How many others were removed.</param>
/// <param name="left">How many were not.</param>
/// <param name="first">Why the first of them was not.</param>
internal sealed class IncompleteSweepException(int removed, int left, Exception first)
    : Exception($"{left} could not be removed, the first because: {first.Message}", first)
{
    public int Removed { get; } = removed;
}
