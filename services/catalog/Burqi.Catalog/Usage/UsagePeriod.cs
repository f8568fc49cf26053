using System.Globalization;

namespace Burqi.Catalog.Usage;

/// <summary>The time that is asked for, in whole or begun months of UTC.</summary>
internal sealed record UsagePeriod(DateTime From, DateTime To)
{
    public const int MostDays = 366;

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>The months by the times at which they end for us: the last with the period.</summary>
    public IReadOnlyList<(string Month, DateTime End)> Months
    {
        get
        {
            var months = new List<(string, DateTime)>();
            for (var first = new DateTime(From.Year, From.Month, 1, 0, 0, 0, DateTimeKind.Utc); first < To; first = first.AddMonths(1))
            {
                var next = first.AddMonths(1);
                months.Add((first.ToString("yyyy-MM", CultureInfo.InvariantCulture), next < To ? next : To));
            }

            return months;
        }
    }

    /// <summary>A day, which begins at midnight UTC, or a time; null where it is neither.</summary>
    public static DateTime? ParseTime(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        // Years at the ends of the calendar have no next month, and PostgreSQL would take them for infinity.
        && time.UtcDateTime.Year is > 1 and < 9999
            ? time.UtcDateTime
            : null;
}
