namespace Burqi.Ingress.Twilio;

/// <summary>What may be dialled: E.164, a plus sign and up to fifteen digits of which the first is no zero.</summary>
internal static class PhoneNumber
{
    public static bool IsE164(string? number) =>
        number is { Length: >= 3 and <= 16 } && number[0] == '+' && number[1] is >= '1' and <= '9' && !number.AsSpan(2).ContainsAnyExceptInRange('0', '9');
}
