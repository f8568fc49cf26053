using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Lists;

/// <summary>
/// The query parameters of a list: its filters and those that every list has. The one place that says which there are, for the requests
/// and for the API's document.
/// </summary>
internal sealed class ListParameters(Func<string, bool> isId, IReadOnlyList<ListFilter> filters, bool areOfCalls = true)
{
    public const string Number = "number";
    public const string MinDurationMs = "min_duration_ms";
    public const string MaxDurationMs = "max_duration_ms";
    public const string StartedAfter = "started_after";
    public const string StartedBefore = "started_before";
    public const string Sort = "sort";
    public const string Limit = "limit";
    public const string Cursor = "cursor";

    public const string LatestFirst = "-started_at";
    public const string EarliestFirst = "started_at";

    public const int DefaultLimit = 50;
    public const int GreatestLimit = 200;

    private const int LongestValue = 500;

    // RFC 3339, whose offset is not optional: K alone would take a time of no zone.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public IReadOnlyList<ListFilter> Filters => filters;

    /// <summary>Whether the rows are calls or of calls: they have a start, a length and the numbers of who spoke.</summary>
    public bool AreOfCalls => areOfCalls;

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

        if (request.Cursor is { } cursor && cursor.EarliestFirst != request.EarliestFirst && !errors.ContainsKey(Sort))
        {
            errors[Cursor] = ["The cursor is of a page in the other order: sort must be the same on every page."];
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

            case StartedAfter or StartedBefore when areOfCalls:
                if (!DateTimeOffset.TryParseExact(value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                {
                    return "The time is not RFC 3339 with its offset, such as 2026-03-01T09:30:00Z (a + must be sent as %2B).";
                }

                request = name == StartedAfter
                    ? request with { StartedAfter = time.UtcDateTime }
                    : request with { StartedBefore = time.UtcDateTime };
                return null;

            case MinDurationMs or MaxDurationMs when areOfCalls:
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var duration))
                {
                    return "The duration is a whole number of milliseconds, not below 0.";
                }

                request = name == MinDurationMs ? request with { MinDurationMs = duration } : request with { MaxDurationMs = duration };
                return null;

            case Number when areOfCalls:
                request = request with { Number = value };
                return Objection(value);

            case Sort when areOfCalls:
                if (value is not (LatestFirst or EarliestFirst))
                {
                    return $"The value is none of: {LatestFirst}, {EarliestFirst}.";
                }

                request = request with { EarliestFirst = value == EarliestFirst };
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

        request = request with { Equal = [.. request.Equal, (filter.Name, value)] };
        return Objection(value);
    }

    // PostgreSQL's text has no NUL, and no column holds a control character.
    private static string? Objection(string value) => value.Length > LongestValue || value.Any(char.IsControl)
        ? $"The value is longer than {LongestValue} characters or holds control characters."
        : null;
}
