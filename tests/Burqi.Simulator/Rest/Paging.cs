using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Burqi.Simulator.Rest;

/// <summary>
/// Twilio's lists: pages of up to a thousand, each of which names the next one by a path with a token. The token names the last item shown, so
/// that a page holds what follows it whatever was added or deleted since.
/// </summary>
internal static class Paging
{
    private const int LargestPage = 1000;
    private const int UsualPage = 50;
    private const string TokenPrefix = "PA";

    /// <summary>The page that is asked for, or why there is none.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The list's own name in its JSON.</param>
    /// <param name="all">Everything, in its order, filtered or not: where the token's item stands.</param>
    /// <param name="keep">Which of it is asked for.</param>
    /// <param name="sidOf">An item's sid.</param>
    /// <param name="describe">An item's JSON.</param>
    public static (JsonObject? Page, IResult? Error) Of<T>(
        HttpContext http, string name, IReadOnlyList<T> all, Func<T, bool> keep, Func<T, string> sidOf, Func<T, JsonObject> describe)
    {
        var query = http.Request.Query;
        var pageSize = UsualPage;
        if (query.TryGetValue("PageSize", out var size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out pageSize) || pageSize is < 1 or > LargestPage))
        {
            return (null, RestError.Of(400, 20001, $"PageSize is a number from 1 to {LargestPage}"));
        }

        var (page, before) = (0, -1);
        if (query.TryGetValue("PageToken", out var token))
        {
            before = token.ToString() is var text && text.StartsWith(TokenPrefix, StringComparison.Ordinal) ? IndexOf(all, sidOf, text[TokenPrefix.Length..]) : -1;
            if (before < 0 || !int.TryParse(query["Page"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out page))
            {
                return (null, RestError.Of(400, 20006, "The page is not available"));
            }
        }
        else if (query.TryGetValue("Page", out var number) && number != "0")
        {
            return (null, RestError.Of(400, 20006, "The page is not available without its PageToken: follow next_page_uri"));
        }

        var left = all.Skip(before + 1).Where(keep).ToList();
        var shown = left.Take(pageSize).ToList();
        var kept = query.Where(q => q.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value.ToString())}&");
        var first = $"{http.Request.Path}?{string.Concat(kept)}PageSize={pageSize}";
        return (
            new JsonObject
            {
                [name] = new JsonArray([.. shown.Select(JsonNode? (item) => describe(item))]),
                ["page"] = page,
                ["page_size"] = pageSize,
                ["start"] = page * pageSize,
                ["end"] = Math.Max(page * pageSize, (page * pageSize) + shown.Count - 1),
                ["uri"] = http.Request.Path + http.Request.QueryString.ToString(),
                ["first_page_uri"] = first + "&Page=0",
                ["next_page_uri"] = shown.Count < left.Count ? $"{first}&Page={page + 1}&PageToken={TokenPrefix}{sidOf(shown[^1])}" : null,
                ["previous_page_uri"] = null,
            },
            null);
    }

    /// <summary>Keeps what the filters on a time let through (<c>Name</c>, <c>Name&gt;</c>, <c>Name&lt;</c>: on that day, since it, until it); null with the error where one is none.</summary>
    public static Func<DateTimeOffset, bool>? TimeFilter(HttpContext http, string name, out IResult? error)
    {
        error = null;
        Func<DateTimeOffset, bool> keep = _ => true;
        foreach (var suffix in new[] { "", ">", "<" })
        {
            if (!http.Request.Query.TryGetValue(name + suffix, out var text))
            {
                continue;
            }

            if (ReadTime(text.ToString()) is not var (from, to))
            {
                error = RestError.Of(400, 20001, $"{name}{suffix}= is a date, YYYY-MM-DD, or a time in UTC");
                return null;
            }

            var before = keep;
            keep = suffix switch
            {
                ">" => time => before(time) && time >= from,
                "<" => time => before(time) && time < to,
                _ => time => before(time) && time >= from && time < to,
            };
        }

        return keep;
    }

    private static int IndexOf<T>(IReadOnlyList<T> all, Func<T, string> sidOf, string sid)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (sidOf(all[i]) == sid)
            {
                return i;
            }
        }

        return -1;
    }

    // A date stands for its whole day, a time for its second.
    private static (DateTimeOffset From, DateTimeOffset To)? ReadTime(string text)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, utc, out var day))
        {
            return (day, day.AddDays(1));
        }

        return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, utc, out var time)
            ? (time, time.AddSeconds(1))
            : null;
    }
}
