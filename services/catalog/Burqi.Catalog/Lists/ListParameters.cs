using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Lists;

/// <summary>
/// The query parameters of a list: its filters and those that every list has. The one place that says which there are, for the requests
/// and for the API's document.
/// </summary>
internal sealed class ListParameters(Func<string, bool> isId, IReadOnlyList<ListFilter> filters, bool hasTimes = true)
{
    public const string StartedAfter = "started_after";
    public const string StartedBefore = "started_before";
    public const string Limit = "limit";
    public const string Cursor = "cursor";

    public const int DefaultLimit = 50;
    public const int GreatestLimit = 200;

    private const int LongestValue = 500;

    // RFC 3339, whose offset is not optional: K alone would take a time of no zone.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public IReadOnlyList<ListFilter> Filters => filters;

    /// <summary>Whether the rows have a start to ask for.</summary>
    public bool HasTimes => hasTimes;

    /// <summary>Reads a request's parameters; every mistake is noted under the name of its parameter.</summary>
    public ListRequest Parse(IQueryCollection query, IDictionary<string, string[]> errors)
    {
        var request = new ListRequest();
        foreach (var (name, values) in query)
        {
            var error = values is [{ Length: > 0 } value] ? Read(name, value, ref request) : "The parameter needs exactly one value.";
            if (error is not null)
            {
                errors[name] = [error];
            }
        }

        return request;
    }

    private string? Read(string name, string value, ref ListRequest request)
    {
        switch (name)
        {
            case Limit:
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > GreatestLimit)
                {
                    return $"The limit is a whole number from 1 to {GreatestLimit}.";
                }

                request = request with { Limit = limit };
                return null;

            case Cursor:
                if (PageCursor.Parse(value) is not { } cursor || !isId(cursor.Id))
                {
                    return "The cursor is not one that a page of this list gave as next_cursor.";
                }

                request = request with { Cursor = cursor };
                return null;

            case StartedAfter or StartedBefore when hasTimes:
                if (!DateTimeOffset.TryParseExact(value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                {
                    return "The time is not RFC 3339 with its offset, such as 2026-03-01T09:30:00Z (a + must be sent as %2B).";
                }

                request = name == StartedAfter
                    ? request with { StartedAfter = time.UtcDateTime }
                    : request with { StartedBefore = time.UtcDateTime };
                return null;

            default:
                return ReadFilter(name, value, ref request);
        }
    }

    private string? ReadFilter(string name, string value, ref ListRequest request)
    {
        if (filters.FirstOrDefault(filter => filter.Name == name) is not { } filter)
        {
            return "There is no such parameter.";
        }

        if (filter.Values is { } allowed && !allowed.Contains(value))
        {
            return $"The value is none of: {string.Join(", ", allowed)}.";
        }

        // PostgreSQL's text has no NUL, and no column holds a control character.
        if (value.Length > LongestValue || value.Any(char.IsControl))
        {
            return $"The value is longer than {LongestValue} characters or holds control characters.";
        }

        request = request with { Equal = [.. request.Equal, (filter.Name, value)] };
        return null;
    }
}
