using Burqi.Ingress.Twilio.Voice;

namespace Burqi.Ingress.Tests.Twilio.Voice;

public sealed class DialRuleTests
{
    private const string Ours = "+18005550000";
    private const string Other = "+14255550123";
    private const string Called = "+18005551212";

    [Theory]
    [InlineData("client:alice", "inbound")]
    [InlineData("sip:alice@example.com", "inbound")]
    [InlineData("SIPS:alice@example.com", "inbound")]
    public void NumberToDial_AppOrSipCaller_IsWhatTheyDialled(string from, string direction) =>
        DialRule.NumberToDial(Call(from, Other, direction), namedByUrl: null, Ours).ShouldBe(Other);

    [Theory]
    [InlineData("client:alice", Ours)]
    [InlineData("client:alice", "client:bob")]
    [InlineData("client:alice", "sip:bob@example.com")]
    [InlineData("client:alice", "911")]
    [InlineData("client:alice", "+0123")]
    [InlineData("client:alice", "+1234567890123456")]
    [InlineData("client:alice", "+1425555<0123")]
    [InlineData("client:alice", null)]
    [InlineData(null, null)]
    public void NumberToDial_NothingThatMayBeDialled_IsNobody(string? from, string? to) =>
        DialRule.NumberToDial(Call(from, to, "inbound"), namedByUrl: null, Ours).ShouldBeNull();

    [Theory]
    [InlineData("+4915112345678", "inbound")]
    [InlineData("anonymous", "inbound")]
    [InlineData("+4915112345678", null)]
    public void NumberToDial_TelephoneThatDialledAnotherNumber_IsThatNumber(string from, string? direction) =>
        DialRule.NumberToDial(Call(from, Other, direction), namedByUrl: null, Ours).ShouldBe(Other);

    [Theory]
    [InlineData("+4915112345678", Ours, "inbound")] // our own number was called
    [InlineData(Ours, Other, "inbound")] // a leg of ours, come back through a second number of ours
    [InlineData(Ours, Other, "outbound-api")] // the party on the line
    public void NumberToDial_WouldRingBack_IsNobody(string from, string to, string direction) =>
        DialRule.NumberToDial(Call(from, to, direction), namedByUrl: null, Ours).ShouldBeNull();

    [Fact]
    public void NumberToDial_TelephoneAndNoCallerIdOfOurs_IsNobody() =>
        DialRule.NumberToDial(Call("+4915112345678", Other, "inbound"), namedByUrl: null, ourCallerId: null).ShouldBeNull();

    [Fact]
    public void NumberToDial_ApiCallWithANumberInItsUrl_IsThatNumber() =>
        DialRule.NumberToDial(Call(Ours, Called, "outbound-api"), Other, Ours).ShouldBe(Other);

    [Theory]
    [InlineData("+4915112345678", Called)]
    [InlineData("client:alice", Called)]
    [InlineData("client:alice", "client:bob")]
    [InlineData(Called, "client:agent")]
    public void NumberToDial_NumberNamedByTheUrl_ComesFirst(string from, string to) =>
        DialRule.NumberToDial(Call(from, to, "inbound"), Other, Ours).ShouldBe(Other);

    [Theory]
    [InlineData(Ours)]
    [InlineData("+4915112345678")]
    [InlineData("agent")]
    public void NumberToDial_NumberNamedByTheUrlWouldComeBack_IsNobody(string named) =>
        DialRule.NumberToDial(Call("+4915112345678", Called, "inbound"), named, Ours).ShouldBeNull();

    private static VoiceForm Call(string? from, string? to, string? direction) => new() { From = from, To = to, Direction = direction };
}
