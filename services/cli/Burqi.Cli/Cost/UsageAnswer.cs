using System.Text.Json.Serialization;

namespace Burqi.Cli.Cost;

/// <summary>What was recorded and what it costs, as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record UsageAnswer
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required Tariff Tariff { get; init; }

    public required IReadOnlyList<UsageLine> Items { get; init; }

    public required UsageLine Totals { get; init; }
}

/// <summary>The prices that were reckoned with.</summary>
internal sealed record Tariff
{
    public required decimal RecordingMinute { get; init; }

    public required decimal StorageMinuteMonth { get; init; }

    public required long FreeStorageMinutes { get; init; }

    public required string Unit { get; init; }
}

/// <summary>The numbers of one assistant in one month, or the sum of all.</summary>
internal sealed record UsageLine
{
    /// <summary>Null in the sum.</summary>
    public string? Month { get; init; }

    /// <summary>Null for calls that no assistant took, and in the sum.</summary>
    public string? AssistantId { get; init; }

    public required long LocalMinutes { get; init; }

    public required long ProviderMinutes { get; init; }

    public required long BytesStored { get; init; }

    public required long ProviderMinutesStored { get; init; }

    public required long ProviderMinutesStoredBeyondFree { get; init; }

    public required decimal RecordingPrice { get; init; }

    public required decimal StoragePrice { get; init; }

    public required decimal Price { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UsageAnswer))]
internal sealed partial class UsageJsonContext : JsonSerializerContext;
