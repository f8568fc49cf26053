namespace Burqi.Media.Tests.Fixtures;

/// <summary>A clock that stands where it was put.</summary>
internal sealed class ManualTime : TimeProvider
{
    public long Ms { get; private set; }

    public override long TimestampFrequency => 1000;

    public void MoveTo(long ms) => Ms = ms;

    public override long GetTimestamp() => 1_000_000 + Ms;
}
