using System.Buffers;

namespace Burqi.Ingress.Twilio;

/// <summary>Twilio's identifiers: two letters that name the kind and 32 hexadecimal digits.</summary>
internal static class TwilioSid
{
    public const string Account = "AC";
    public const string Call = "CA";
    public const string Conference = "CF";
    public const string Recording = "RE";
    public const string Stream = "MZ";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool IsValid(string? sid, string kind) =>
        sid is { Length: 34 } && sid.StartsWith(kind, StringComparison.Ordinal) && sid.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0;
}
