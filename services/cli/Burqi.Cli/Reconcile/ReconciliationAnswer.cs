using System.Text.Json.Serialization;

namespace Burqi.Cli.Reconcile;

/// <summary>What a reconciliation is asked for by. Without an end it is Burqi's own now: two clocks differ.</summary>
internal sealed record ReconciliationQuestion(string Provider, string From, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? To);

/// <summary>A reconciliation as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record ReconciliationAnswer
{
    public required string Id { get; init; }

    /// <summary><c>running</c>, <c>completed</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? Error { get; init; }

    public required Counts Counts { get; init; }

    public IReadOnlyList<Account> Accounts { get; init; } = [];

    public IReadOnlyList<Missing> Missing { get; init; } = [];

    public long MissingNotShown { get; init; }
}

/// <summary>How many recordings there were, and of which kind.</summary>
internal sealed record Counts(long Listed, long Known, long Missing, long InProgress, long Recent, long Unreadable);

/// <summary>How far an account was read.</summary>
internal sealed record Account(string AccountId, string Credentials, string Status, int Pages, long Listed, long Missing, string? Error, string? Note);

/// <summary>A recording that had never reached Burqi.</summary>
internal sealed record Missing(string CallId, string RecordingSid, string Status, DateTimeOffset? StartedAt, long? DurationMs, string Why);

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReconciliationQuestion))]
[JsonSerializable(typeof(ReconciliationAnswer))]
internal sealed partial class ReconciliationJsonContext : JsonSerializerContext;
