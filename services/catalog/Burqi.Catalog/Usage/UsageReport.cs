using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Usage;

/// <summary>What was recorded and kept in a time, and what the provider asks for its part.</summary>
internal sealed record UsageReport
{
    [JsonPropertyName("from")]
    public required DateTime From { get; init; }

    [JsonPropertyName("to")]
    public required DateTime To { get; init; }

    [JsonPropertyName("tariff")]
    [Description("What the prices were worked out by. Defaults are public list prices: check them against your own.")]
    public required Tariff Tariff { get; init; }

    [JsonPropertyName("items")]
    [Description("By month, the earliest first, and in it by assistant.")]
    public required IReadOnlyList<UsageItem> Items { get; init; }

    [JsonPropertyName("totals")]
    [Description("The sums over all items; of what is stored at the provider, minutes times months.")]
    public required UsageNumbers Totals { get; init; }
}

internal sealed record Tariff(
    [property: JsonPropertyName("recording_minute"), Description("The price of a minute that the provider records.")] decimal RecordingMinute,
    [property: JsonPropertyName("storage_minute_month"), Description("The price of a minute that the provider keeps for a month.")] decimal StorageMinuteMonth,
    [property: JsonPropertyName("free_storage_minutes"), Description("How many minutes the provider keeps for nothing.")] long FreeStorageMinutes,
    [property: JsonPropertyName("unit"), Description("The currency.")] string Unit);

/// <summary>The numbers of one assistant in one month.</summary>
internal sealed record UsageItem : UsageNumbers
{
    [JsonPropertyName("month")]
    [JsonPropertyOrder(-2)]
    [Description("The month in UTC, such as 2026-03. A recording belongs to the month in which it began.")]
    public required string Month { get; init; }

    [JsonPropertyName("assistant_id")]
    [JsonPropertyOrder(-1)]
    [Description("The assistant that took the calls; null: those that none took.")]
    public required string? AssistantId { get; init; }
}

/// <summary>Minutes are whole ones, of each recording rounded up.</summary>
internal record UsageNumbers
{
    [JsonPropertyName("local_minutes")]
    [Description("Minutes recorded here: of each media stream its longest track.")]
    public long LocalMinutes { get; init; }

    [JsonPropertyName("provider_minutes")]
    [Description("Minutes recorded by the provider.")]
    public long ProviderMinutes { get; init; }

    [JsonPropertyName("bytes_stored")]
    [Description("The objects that the recordings have in our store, each once.")]
    public long BytesStored { get; init; }

    [JsonPropertyName("provider_minutes_stored")]
    [Description("Minutes that the provider keeps at the end of the month, or of the time asked for where that comes before, whenever they were recorded.")]
    public long ProviderMinutesStored { get; init; }

    [JsonPropertyName("provider_minutes_stored_beyond_free")]
    [Description("How many of them are beyond those kept for nothing, which are shared out in proportion.")]
    public long ProviderMinutesStoredBeyondFree { get; init; }

    [JsonPropertyName("recording_price")]
    public decimal RecordingPrice { get; init; }

    [JsonPropertyName("storage_price")]
    public decimal StoragePrice { get; init; }

    [JsonPropertyName("price")]
    [Description("Both together.")]
    public decimal Price { get; init; }
}
