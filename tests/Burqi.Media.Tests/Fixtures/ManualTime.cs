namespace Burqi.Media.Tests.Fixtures;

/// <summary>A clock that stands where it was put. Its timers are the machine's.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ms;

    public long Ms => Volatile.Read(ref _ms);

    public override long TimestampFrequency => 1000;

    public void MoveTo(long ms) => Volatile.Write(ref _ms, ms);

    public override long GetTimestamp() => 1_000_000 + Ms;
}
