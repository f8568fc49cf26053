namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>A row of <c>archiver.encryption_rotations</c>.</summary>
internal sealed record EncryptionRotation
{
    /// <summary>The columns by the names of the properties, but for <see cref="Remaining"/>.</summary>
    public const string Columns =
        """
        rotation.id as Id, rotation.key_id as KeyId, rotation.status as Status, rotation.looked_at as LookedAt, rotation.rewrapped as Rewrapped, rotation.failed as Failed,
        rotation.error as Error, rotation.created_at as CreatedAt, rotation.started_at as StartedAt, rotation.finished_at as FinishedAt
        """;

    /// <summary>How many objects are known to be encrypted with another key: counted one by one, so not for a list.</summary>
    public const string CountRemaining =
        """
        (select count(*) from archiver.jobs job
         where job.status = 'completed' and job.encryption_key_id is not null and job.encryption_key_id <> rotation.key_id
           and not exists (select 1 from archiver.jobs deletion where deletion.recording_id = job.recording_id and deletion.step = 'delete-recording' and deletion.status = 'completed')
        )
        """;

    public required Guid Id { get; init; }

    /// <summary>The key that everything is to be encrypted with.</summary>
    public required string KeyId { get; init; }

    /// <summary>One of <see cref="RotationStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>How many objects were looked at, again where some had failed.</summary>
    public required long LookedAt { get; init; }

    public required long Rewrapped { get; init; }

    /// <summary>How many could not be done when they were last tried.</summary>
    public required long Failed { get; init; }

    /// <summary>How many are known to be encrypted with another key; null in a list, for one that has ended.</summary>
    public required long? Remaining { get; init; }

    public string? Error { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? FinishedAt { get; init; }
}

/// <summary>How a rotation stands.</summary>
internal static class RotationStatuses
{
    public const string Running = "running";
    public const string Completed = "completed";

    /// <summary>Some objects could not be done; asking again tries those.</summary>
    public const string Failed = "failed";

    /// <summary>Another key was asked for before it was done.</summary>
    public const string Superseded = "superseded";
}

/// <summary>How far a rotation is that was taken up.</summary>
internal sealed record RotationPlace(Guid Id, Guid Position, long Failed, string? Error);

/// <summary>A recording whose object is to be looked at.</summary>
/// <param name="Id">Its job.</param>
/// <param name="RecordingId">The recording.</param>
/// <param name="ObjectKey">Where it lies.</param>
/// <param name="Store">And in which store.</param>
/// <param name="KeyId">The key that it is thought to be encrypted with; null for none.</param>
internal sealed record ObjectToLookAt(Guid Id, Guid RecordingId, string ObjectKey, string Store, string? KeyId);
