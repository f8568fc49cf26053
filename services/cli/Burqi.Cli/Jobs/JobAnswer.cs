using System.Text.Json.Serialization;

namespace Burqi.Cli.Jobs;

/// <summary>A job as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record JobAnswer
{
    public required string Id { get; init; }

    public required string RecordingId { get; init; }

    public required string Step { get; init; }

    /// <summary><c>waiting</c>, <c>running</c>, <c>completed</c> or <c>dead</c>.</summary>
    public required string Status { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string RecordingType { get; init; }

    public string? ProviderRecordingId { get; init; }

    public string? AssistantId { get; init; }

    public string? Destination { get; init; }

    public required int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public string? LastFailure { get; init; }

    public string? LastError { get; init; }

    public string? Note { get; init; }

    public string? Store { get; init; }

    public string? ObjectKey { get; init; }

    public long? FileSize { get; init; }

    public string? Sha256 { get; init; }

    public DateTimeOffset? TakenUpAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? DismissedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page of jobs.</summary>
internal sealed record JobPageAnswer(IReadOnlyList<JobAnswer> Items, string? NextCursor);

/// <summary>How many dead jobs are tried again.</summary>
internal sealed record JobsRetriedAnswer(int Retried);

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobPageAnswer))]
[JsonSerializable(typeof(JobsRetriedAnswer))]
internal sealed partial class JobJsonContext : JsonSerializerContext;
