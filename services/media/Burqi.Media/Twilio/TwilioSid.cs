using System.Buffers;

namespace Burqi.Media.Twilio;

/// <summary>Twilio's ids: two letters and 32 hexadecimal digits. They become folder names, so nothing else passes.</summary>
internal static class TwilioSid
{
    public const int Length = 34;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool IsValid(string? sid, string prefix) =>
        sid is { Length: Length }
        && sid.StartsWith(prefix, StringComparison.Ordinal)
        && !sid.AsSpan(prefix.Length).ContainsAnyExcept(HexDigits);
}
