namespace Burqi.Hosting.Bus;

/// <summary>What one look at the broker found.</summary>
/// <param name="At">When it was finished.</param>
/// <param name="Unreachable">Why the broker could not be used; null: it accepts connections and confirms publishes.</param>
/// <param name="Unattended">Our queues that exist without a consumer, or not at all, though our consumers should be attached.</param>
/// <param name="Unanswering">Our queues that the broker could not tell about: a quorum queue without a leader, for instance.</param>
/// <param name="Missing">Queues of other services that must exist before we publish, and do not.</param>
internal sealed record BrokerReport(
    DateTimeOffset At,
    string? Unreachable,
    IReadOnlyList<string> Unattended,
    IReadOnlyList<string> Unanswering,
    IReadOnlyList<string> Missing)
{
    public static BrokerReport OutOfReach(DateTimeOffset at, string reason) => new(at, reason, [], [], []);
}
