using System.Globalization;

namespace Burqi.Ingress.Twilio;

/// <summary>Times as Twilio writes them: RFC 2822 in call and recording callbacks, ISO 8601 in stream callbacks.</summary>
internal static class TwilioTime
{
    // Clocks differ, and a callback may be told again long after; what lies outside is no time at which anything of a call happened.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Formats =
    [
        "ddd, d MMM yyyy HH:mm:ss zzz",
        "d MMM yyyy HH:mm:ss zzz",
        "ddd, d MMM yyyy HH:mm:ss 'GMT'",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The time in UTC; null where there is none, it cannot be read, or it is before 2000 or more than a day after <paramref name="now"/>.</summary>
    public static DateTimeOffset? Parse(string? text, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
        && time >= Earliest
        && time - now <= LongestAhead
            ? time
            : null;
}
