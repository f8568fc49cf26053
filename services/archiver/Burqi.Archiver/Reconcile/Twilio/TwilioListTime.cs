using System.Globalization;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>Times as Twilio's REST API writes them: RFC 2822.</summary>
internal static class TwilioListTime
{
    private static readonly string[] Formats = ["ddd, d MMM yyyy HH:mm:ss zzz", "d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss 'GMT'"];

    /// <summary>The time in UTC; null where there is none or it cannot be read.</summary>
    public static DateTimeOffset? Parse(string? text) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
