using System.Globalization;
using System.Text.Json;

namespace Burqi.Archiver.Reconcile.Http;

/// <summary>What a run is asked for by.</summary>
/// <param name="Provider">Whose recordings.</param>
/// <param name="From">From when on.</param>
/// <param name="To">Until when; now, where nothing is said.</param>
internal sealed record ReconciliationRequest(IProviderRecordings Provider, DateTimeOffset From, DateTimeOffset To)
{
    private const string DateFormat = "yyyy-MM-dd";

    // RFC 3339, whose offset is not optional: K alone would take a time of no zone.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    // So much may two clocks differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Reads a body; every mistake is noted under the name of its property.</summary>
    public static ReconciliationRequest? Read(
        JsonElement body, IEnumerable<IProviderRecordings> providers, ReconcileOptions options, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            errors["body"] = ["The body must be a JSON object."];
            return null;
        }

        foreach (var property in body.EnumerateObject().Where(property => property.Name is not ("provider" or "from" or "to")))
        {
            errors[property.Name] = ["There is no such property: give provider, from and to."];
        }

        var name = Text(body, "provider");
        var provider = providers.FirstOrDefault(candidate => candidate.Provider == name);
        if (provider is null)
        {
            errors["provider"] = [$"The provider is one of: {string.Join(", ", providers.Select(candidate => candidate.Provider))}."];
        }

        var from = Time(body, "from", errors, isEnd: false);
        var to = body.TryGetProperty("to", out _) ? Time(body, "to", errors, isEnd: true) : now;
        if (from > now)
        {
            errors["from"] = ["The time lies in the future."];
        }
        else if (to > now + ClockSkew)
        {
            // The day that is not over yet may be named; a time may not.
            to = IsDate(Text(body, "to")) && to < now.AddDays(1) ? now : null;
            if (to is null)
            {
                errors["to"] = ["The time lies in the future."];
            }
        }

        if (from >= to)
        {
            errors["from"] = ["The time is not before the one in to."];
        }
        else if (to - from > options.LongestWindow)
        {
            errors["from"] = [$"From there to the time in to is more than {options.LongestWindow.TotalDays:0.#} days: ask for one part after the other."];
        }

        return errors.Count == 0 ? new ReconciliationRequest(provider!, from!.Value, to!.Value) : null;
    }

    private static DateTimeOffset? Time(JsonElement body, string name, Dictionary<string, string[]> errors, bool isEnd)
    {
        var text = Text(body, name);
        if (DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        if (IsDate(text) && DateTimeOffset.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day.Year < 9999)
        {
            return isEnd ? day.AddDays(1) : day;
        }

        errors[name] = ["Give a day in UTC, such as 2026-03-01, or a time in RFC 3339 with its offset, such as 2026-03-01T09:30:00Z."];
        return null;
    }

    private static bool IsDate(string? text) => text?.Length == DateFormat.Length;

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
