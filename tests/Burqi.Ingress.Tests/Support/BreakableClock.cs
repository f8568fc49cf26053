namespace Burqi.Ingress.Tests.Support;

/// <summary>The system's clock, until it fails: one thing that much of an answer stands on.</summary>
internal sealed class BreakableClock : TimeProvider
{
    public bool IsBroken { get; set; }

    public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("The clock is broken.") : base.GetUtcNow();
}
