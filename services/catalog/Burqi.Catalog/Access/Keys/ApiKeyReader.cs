using System.Globalization;
using System.Text.Json;
using Burqi.Access;
using Burqi.Assistants;

namespace Burqi.Catalog.Access.Keys;

/// <summary>Reads what a client says of a key, and says what is wrong with it, all at once.</summary>
internal static class ApiKeyReader
{
    private const int LongestName = 100;
    private const int MostAssistants = 100;
    private const int LongestText = 1000;
    private const int LongestGrace = 7 * 24 * 60 * 60;

    // RFC 3339, whose offset is not optional: K alone would take a time of no zone.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public static ApiKeyContent? Read(JsonElement body, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        string? name = null;
        string[]? scopes = null;
        string[]? assistants = null;
        int? requestsPerMinute = null;
        DateTimeOffset? expiresAt = null;
        foreach (var member in body.EnumerateObject())
        {
            var isNull = member.Value.ValueKind == JsonValueKind.Null;
            switch (member.Name)
            {
                case "name":
                    name = JsonBody.Text(member.Value, LongestName)?.Trim();
                    break;
                case "scopes":
                    scopes = Texts(member.Value);
                    break;
                case "assistants" when !isNull:
                    assistants = Texts(member.Value);
                    if (assistants is not { Length: > 0 and <= MostAssistants } || !assistants.All(AssistantId.IsValid))
                    {
                        errors["assistants"] = [$"The value is not a list of 1 to {MostAssistants} ids of assistants; null, or nothing, is no limit."];
                    }

                    break;
                case "requests_per_minute" when !isNull:
                    if (Number(member.Value, 1, RequestLimits.MostRequestsPerMinute) is { } number)
                    {
                        requestsPerMinute = number;
                    }
                    else
                    {
                        errors["requests_per_minute"] = [$"The value is not a whole number from 1 to {RequestLimits.MostRequestsPerMinute}."];
                    }

                    break;
                case "expires_at" when !isNull:
                    expiresAt = Time(member.Value);
                    if (expiresAt is null || expiresAt <= now)
                    {
                        errors["expires_at"] = ["The value is not a time to come in RFC 3339 with its offset, such as 2030-01-01T00:00:00Z."];
                    }

                    break;
                case "assistants" or "requests_per_minute" or "expires_at":
                    break;
                default:
                    errors[member.Name] = ["There is no such property: a key has name, scopes, assistants, requests_per_minute and expires_at."];
                    break;
            }
        }

        if (name is not { Length: > 0 })
        {
            errors["name"] = [$"The name is not a text of 1 to {LongestName} characters."];
        }

        if (scopes is not { Length: > 0 } || scopes.Any(scope => !Scopes.All.Contains(scope)))
        {
            errors["scopes"] = [$"The value is not a list of one or more of: {string.Join(", ", Scopes.All)}."];
        }
        else if (assistants is not null && scopes.Contains(Scopes.Admin))
        {
            errors["assistants"] = ["A key with the scope admin cannot be limited to assistants."];
        }

        return errors.Count > 0 ? null : new ApiKeyContent
        {
            Name = name!,
            Scopes = [.. Scopes.All.Where(scopes!.Contains)],
            Assistants = assistants is null ? null : [.. assistants.Distinct(StringComparer.Ordinal)],
            RequestsPerMinute = requestsPerMinute,
            ExpiresAt = expiresAt,
        };
    }

    public static int? ReadGrace(JsonElement body, Dictionary<string, string[]> errors)
    {
        var grace = 0;
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name != "grace_seconds")
            {
                errors[member.Name] = ["There is no such property: an exchange has grace_seconds."];
            }
            else if (Number(member.Value, 0, LongestGrace) is { } seconds)
            {
                grace = seconds;
            }
            else
            {
                errors[member.Name] = [$"The value is not a whole number from 0 to {LongestGrace}."];
            }
        }

        return errors.Count > 0 ? null : grace;
    }

    private static string[]? Texts(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var texts = value.EnumerateArray().Select(item => JsonBody.Text(item, LongestText)).OfType<string>().ToArray();
        return texts.Length == value.GetArrayLength() ? texts : null;
    }

    private static int? Number(JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number : null;

    // Years at the end of the calendar PostgreSQL would take for infinity.
    private static DateTimeOffset? Time(JsonElement value) =>
        DateTimeOffset.TryParseExact(JsonBody.Text(value, LongestText), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        && time.UtcDateTime.Year < 9999
            ? time.ToUniversalTime()
            : null;
}
