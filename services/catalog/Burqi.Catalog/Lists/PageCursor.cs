using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Burqi.Catalog.Lists;

/// <summary>The last row of a page: the next one begins after it, whatever was added meanwhile. Opaque to clients.</summary>
/// <param name="ListedAt">The row's place in the order.</param>
/// <param name="Id">The row's id, for rows of one time.</param>
/// <param name="EarliestFirst">The order itself: what comes after a row depends on it.</param>
internal sealed record PageCursor(DateTime ListedAt, string Id, bool EarliestFirst = false)
{
    private const string LatestFirstVersion = "1";
    private const string EarliestFirstVersion = "2";

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(EarliestFirst ? EarliestFirstVersion : LatestFirstVersion)}|{ListedAt.Ticks}|{Id}")));

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static PageCursor? Parse(string text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('|', 3) is [(LatestFirstVersion or EarliestFirstVersion) and var version, var ticks, { Length: > 0 } id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value <= DateTime.MaxValue.Ticks
            && !id.Any(char.IsControl)
                ? new PageCursor(new DateTime(value, DateTimeKind.Utc), id, version == EarliestFirstVersion)
                : null;
    }
}
