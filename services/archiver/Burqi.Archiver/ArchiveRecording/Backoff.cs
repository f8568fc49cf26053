namespace Burqi.Archiver.ArchiveRecording;

/// <summary>Exponential backoff with full jitter: any time up to a bound that doubles, so that what failed together does not come back together.</summary>
internal static class Backoff
{
    /// <summary>The wait after the <paramref name="attempt"/>th attempt (from 1), but not less than the source asked for.</summary>
    public static TimeSpan Delay(int attempt, ArchiverOptions options, TimeSpan? atLeast, Random random)
    {
        var doublings = Math.Min(attempt - 1, 30); // enough to pass any cap, few enough not to overflow
        var bound = Math.Min(options.RetryBaseDelay.TotalMilliseconds * (1L << doublings), options.RetryMaxDelay.TotalMilliseconds);
        var jittered = TimeSpan.FromMilliseconds(random.NextDouble() * bound);
        return atLeast > jittered ? atLeast.Value + (jittered / 2) : jittered;
    }
}
