using System.Text.Json.Serialization;

namespace Burqi.Catalog.Lists;

/// <summary>A page of a list.</summary>
internal sealed record Page<T>
{
    [JsonPropertyName("items")]
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    [JsonPropertyName("next_cursor")]
    public required string? NextCursor { get; init; }

    /// <summary>The page of up to <paramref name="limit"/> rows, when one row more than that was asked for.</summary>
    public static Page<T> Of(IReadOnlyList<T> rows, int limit, Func<T, PageCursor> cursorOf) => rows.Count > limit
        ? new Page<T> { Items = [.. rows.Take(limit)], NextCursor = cursorOf(rows[limit - 1]).ToString() }
        : new Page<T> { Items = rows, NextCursor = null };
}
