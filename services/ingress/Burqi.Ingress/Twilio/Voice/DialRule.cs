namespace Burqi.Ingress.Twilio.Voice;

/// <summary>
/// Whom a call is put through to. In order:
/// <list type="number">
/// <item>the number that the webhook's own URL names (<c>/twilio/voice?to=%2B4930…</c>): whoever set the URL at Twilio, for a number or in
/// an API call, chose it, and the signature covers it;</item>
/// <item>for a caller at <c>client:</c> or <c>sip:</c>, the number in <c>To</c>: that is what they dialled;</item>
/// <item>for a telephone, the number in <c>To</c>, where <c>TWILIO_CALLER_ID</c> tells our own number and <c>To</c> is another;</item>
/// <item>nobody. <c>To</c> of an API call is the party already on the line.</item>
/// </list>
/// Never our caller id and never the caller: each would come straight back. And a call that comes from our caller id is one that we dialled
/// ourselves, come back through a second number of ours: it is put through to nobody, or the two numbers would ring each other for ever.
/// </summary>
internal static class DialRule
{
    private const string ByApi = "outbound-api";

    public static string? NumberToDial(VoiceForm call, string? namedByUrl, string? ourCallerId)
    {
        var number = namedByUrl ?? (ToIsWhatTheyDialled(call, ourCallerId) ? call.To : null);
        return PhoneNumber.IsE164(number) && number != ourCallerId && number != call.From && !IsOurOwnCallComeBack(call, ourCallerId)
            ? number
            : null;
    }

    // Without a caller id of ours a leg we dial shows the caller's number, and one that comes back could not be told from a new call.
    private static bool ToIsWhatTheyDialled(VoiceForm call, string? ourCallerId) =>
        IsAppOrSip(call.From) || (ourCallerId is not null && call.Direction != ByApi);

    // An API call shows our caller id too, and does not come from a leg of ours.
    private static bool IsOurOwnCallComeBack(VoiceForm call, string? ourCallerId) =>
        ourCallerId is not null && call.From == ourCallerId && call.Direction != ByApi;

    private static bool IsAppOrSip(string? address) =>
        address is not null
        && (address.StartsWith("client:", StringComparison.OrdinalIgnoreCase)
            || address.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
            || address.StartsWith("sips:", StringComparison.OrdinalIgnoreCase));
}
