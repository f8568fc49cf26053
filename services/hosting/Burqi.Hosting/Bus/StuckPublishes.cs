namespace Burqi.Hosting.Bus;

/// <summary>One message type that does not get through to the broker.</summary>
/// <param name="Message">The message's name.</param>
/// <param name="Since">The first failure after the last confirmed publish.</param>
/// <param name="LastFailure">The latest failure.</param>
/// <param name="Failures">How many failed since.</param>
/// <param name="Hanging">How many were given up by us and have not returned yet.</param>
internal sealed record StuckPublishes(string Message, DateTimeOffset Since, DateTimeOffset LastFailure, int Failures, int Hanging);
