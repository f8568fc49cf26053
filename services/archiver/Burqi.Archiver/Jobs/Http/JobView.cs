using System.Text.Json.Serialization;

namespace Burqi.Archiver.Jobs.Http;

/// <summary>A job as the API shows it. Where its audio is fetched from is left out: that address is signed.</summary>
internal sealed record JobView
{
    /// <summary>The columns by the names of the properties.</summary>
    public const string Columns =
        """
        id as Id, recording_id as RecordingId, step as Step, status as Status, provider as Provider, call_id as CallId,
        recording_type as RecordingType, recording_source as RecordingSource, provider_recording_id as ProviderRecordingId,
        assistant_id as AssistantId, destination as Destination, attempts as Attempts,
        case when status = 'waiting' then next_attempt_at end as NextAttemptAt, lease_owner as LeaseOwner, lease_expires_at as LeaseExpiresAt,
        last_failure as LastFailure, last_error as LastError, note as Note, store as Store, object_key as ObjectKey, object_url as ObjectUrl,
        file_size as FileSize, sha256 as Sha256, taken_up_at as TakenUpAt, finished_at as FinishedAt, dismissed_at as DismissedAt,
        created_at as CreatedAt, updated_at as UpdatedAt
        """;

    public required Guid Id { get; init; }

    public required Guid RecordingId { get; init; }

    public required string Step { get; init; }

    public required string Status { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string RecordingType { get; init; }

    public required string RecordingSource { get; init; }

    public required string? ProviderRecordingId { get; init; }

    public required string? AssistantId { get; init; }

    /// <summary>Whose queue it stands in.</summary>
    public required string Destination { get; init; }

    public required int Attempts { get; init; }

    /// <summary>When it may be taken up; null unless it waits.</summary>
    public required DateTime? NextAttemptAt { get; init; }

    public required string? LeaseOwner { get; init; }

    public required DateTime? LeaseExpiresAt { get; init; }

    /// <summary>How the last attempt failed, in one word.</summary>
    public required string? LastFailure { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string? LastError { get; init; }

    /// <summary>Why a job that is done did nothing.</summary>
    public required string? Note { get; init; }

    public required string? Store { get; init; }

    public required string? ObjectKey { get; init; }

    public required string? ObjectUrl { get; init; }

    public required long? FileSize { get; init; }

    public required string? Sha256 { get; init; }

    /// <summary>When a worker first took it up.</summary>
    public required DateTime? TakenUpAt { get; init; }

    public required DateTime? FinishedAt { get; init; }

    /// <summary>When somebody said that nothing is to be done about this dead job.</summary>
    public required DateTime? DismissedAt { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }
}

/// <summary>A page of jobs, the latest first.</summary>
internal sealed record JobPage
{
    public required IReadOnlyList<JobView> Items { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>How many dead jobs are tried again.</summary>
internal sealed record JobsRetried(int Retried);

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(JobsRetried))]
internal sealed partial class JobViewJsonContext : JsonSerializerContext;
