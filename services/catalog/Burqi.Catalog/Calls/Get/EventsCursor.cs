using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Calls.Get;

/// <summary>Where the events before those that are shown end. Opaque to clients.</summary>
internal static class EventsCursor
{
    public const string Parameter = "events_cursor";

    private const string Prefix = "e|";

    public static string Write(long id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{id}")));

    /// <summary>Before which event to look: the latest where nothing is said. Every mistake is noted under the name of its parameter.</summary>
    public static long Parse(IQueryCollection query, Dictionary<string, string[]> errors)
    {
        var before = long.MaxValue;
        foreach (var (name, values) in query)
        {
            if (name != Parameter)
            {
                errors[name] = ["There is no such parameter."];
            }
            else if (values is not [{ } text] || Read(text) is not { } id)
            {
                errors[name] = ["The cursor is not one that this call gave as events_next_cursor."];
            }
            else
            {
                before = id;
            }
        }

        return before;
    }

    private static long? Read(string text) => Base64Url.IsValid(text)
        && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) is var read
        && read.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(read.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
