using System.Text.Json.Serialization;

namespace Burqi.Cli.Retention;

/// <summary>What is due by the policies, as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record RetentionAnswer
{
    public required string Mode { get; init; }

    public required IReadOnlyList<RetentionLine> Due { get; init; }

    public required IReadOnlyList<RetentionItem> Items { get; init; }

    public required long DeletionsRequested { get; init; }

    public required long DeletionsFailed { get; init; }
}

/// <summary>How much is due of one assistant's recordings of one kind.</summary>
internal sealed record RetentionLine
{
    public required string Action { get; init; }

    /// <summary>Null for calls that no assistant took.</summary>
    public string? AssistantId { get; init; }

    public required string RecordingType { get; init; }

    public required string Reason { get; init; }

    public required long Recordings { get; init; }

    public required long Bytes { get; init; }

    /// <summary>How many of them a legal hold keeps.</summary>
    public required long Held { get; init; }

    public required DateTimeOffset DueSince { get; init; }
}

/// <summary>A recording to which something is due.</summary>
internal sealed record RetentionItem
{
    public required Guid RecordingId { get; init; }

    public required string CallId { get; init; }

    public required string Action { get; init; }

    public required bool LegalHold { get; init; }

    public required DateTimeOffset DueSince { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RetentionAnswer))]
internal sealed partial class RetentionJsonContext : JsonSerializerContext;
