using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Jobs.Http;

/// <summary>Which jobs are meant: all that is given must hold.</summary>
internal sealed record JobFilter
{
    public const int DefaultLimit = 50;
    public const int GreatestLimit = 500;

    private const int LongestValue = 500;
    private static readonly string[] Statuses = [JobStatuses.Waiting, JobStatuses.Running, JobStatuses.Completed, JobStatuses.Dead];

    public string? Status { get; private init; }

    public string? Step { get; private init; }

    public string? Provider { get; private init; }

    public string? Store { get; private init; }

    public string? CallId { get; private init; }

    /// <summary>They were put on the table at least so long ago.</summary>
    public TimeSpan? OlderThan { get; private init; }

    /// <summary>The last job of the page before.</summary>
    public Guid? Cursor { get; private init; }

    public int Limit { get; private init; } = DefaultLimit;

    /// <summary>Reads a list's parameters; every mistake is noted under the name of its parameter.</summary>
    public static JobFilter OfList(IQueryCollection query, IDictionary<string, string[]> errors) => Read(query, errors, isList: true);

    /// <summary>Reads which dead jobs are meant.</summary>
    public static JobFilter OfDead(IQueryCollection query, IDictionary<string, string[]> errors) =>
        Read(query, errors, isList: false) with { Status = JobStatuses.Dead };

    /// <summary>The conditions in SQL. The status stands there as such: the index of what is not done is found by it.</summary>
    public string Where(DynamicParameters parameters)
    {
        var conditions = new List<string>();
        if (Status is not null)
        {
            conditions.Add($"status = '{Status}'"); // one of ours
        }

        Add("step", Step);
        Add("provider", Provider);
        Add("store", Store);
        Add("call_id", CallId);
        if (OlderThan is { } age)
        {
            conditions.Add("created_at <= now() - @age");
            parameters.Add("age", age);
        }

        if (Cursor is { } cursor)
        {
            conditions.Add("id < @cursor");
            parameters.Add("cursor", cursor);
        }

        return conditions.Count == 0 ? "true" : string.Join(" and ", conditions);

        void Add(string column, string? value)
        {
            if (value is not null)
            {
                conditions.Add($"{column} = @{column}");
                parameters.Add(column, value);
            }
        }
    }

    private static JobFilter Read(IQueryCollection query, IDictionary<string, string[]> errors, bool isList)
    {
        var filter = new JobFilter();
        foreach (var (name, values) in query)
        {
            var error = values is [{ Length: > 0 and <= LongestValue } value] && !value.Any(char.IsControl)
                ? Read(name, value, isList, ref filter)
                : $"The parameter needs exactly one value of at most {LongestValue} characters.";
            if (error is not null)
            {
                errors[name] = [error];
            }
        }

        return filter;
    }

    private static string? Read(string name, string value, bool isList, ref JobFilter filter)
    {
        switch (name)
        {
            case "status" when isList:
                filter = filter with { Status = value };
                return Statuses.Contains(value) ? null : $"The status is one of: {string.Join(", ", Statuses)}.";

            case "step":
                filter = filter with { Step = value };
                return JobSteps.InOrder.Contains(value) ? null : $"The step is one of: {string.Join(", ", JobSteps.InOrder)}.";

            case "provider":
                filter = filter with { Provider = value };
                return null;

            case "store":
                filter = filter with { Store = value };
                return null;

            case "call_id":
                filter = filter with { CallId = value };
                return null;

            case "older_than":
                filter = filter with { OlderThan = Duration(value) };
                return filter.OlderThan is null ? "The time is a number with its unit: 90s, 15m, 12h or 30d." : null;

            case "cursor" when isList:
                filter = filter with { Cursor = Guid.TryParseExact(value, "N", out var cursor) ? cursor : null };
                return filter.Cursor is null ? "The cursor is not one that a page of this list gave as next_cursor." : null;

            case "limit" when isList:
                filter = filter with { Limit = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0 };
                return filter.Limit is >= 1 and <= GreatestLimit ? null : $"The limit is a whole number from 1 to {GreatestLimit}.";

            default:
                return "There is no such parameter.";
        }
    }

    private static TimeSpan? Duration(string value)
    {
        var unit = value[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };

        // A number of five digits is 273 years of days at most.
        return unit > TimeSpan.Zero && value.Length is > 1 and <= 6
            && int.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? unit * number
                : null;
    }
}
