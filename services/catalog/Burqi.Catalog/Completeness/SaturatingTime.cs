namespace Burqi.Catalog.Completeness;

/// <summary>Sums of times that were told from outside: where one would leave the calendar, it stays at its edge.</summary>
internal static class SaturatingTime
{
    public static DateTime Plus(this DateTime time, TimeSpan span) =>
        span > DateTime.MaxValue - time ? DateTime.SpecifyKind(DateTime.MaxValue, time.Kind)
        : span < DateTime.MinValue - time ? DateTime.SpecifyKind(DateTime.MinValue, time.Kind)
        : time + span;

    public static DateTime PlusMilliseconds(this DateTime time, long milliseconds) => time.Plus(Milliseconds(milliseconds));

    private static TimeSpan Milliseconds(long milliseconds) =>
        milliseconds >= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.MaxValue
        : milliseconds <= TimeSpan.MinValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.MinValue
        : new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
}
