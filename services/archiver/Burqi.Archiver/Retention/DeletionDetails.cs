using System.Text.Json.Serialization;

namespace Burqi.Archiver.Retention;

/// <summary>What a job of step <c>delete-recording</c> was asked by.</summary>
/// <param name="DeletionId">The decision: the answer carries it.</param>
/// <param name="Reason">Which policy is over, or who asked.</param>
internal sealed record DeletionDetails(
    [property: JsonPropertyName("deletion_id")] Guid DeletionId,
    [property: JsonPropertyName("reason")] string Reason);

/// <summary>What a job of step <c>set-tier</c> was asked for.</summary>
/// <param name="Tier">Where the object is to lie: one of <see cref="Contracts.Recordings.StorageTiers"/>.</param>
/// <param name="RequestedAt">When it was decided: what was decided before that and comes later is passed over. Null in jobs of older releases.</param>
/// <param name="LiesIn">Where it lies since the job was done; null before.</param>
internal sealed record TierDetails(
    [property: JsonPropertyName("tier")] string Tier,
    [property: JsonPropertyName("requested_at")] DateTimeOffset? RequestedAt = null,
    [property: JsonPropertyName("lies_in")] string? LiesIn = null);

[JsonSerializable(typeof(DeletionDetails))]
[JsonSerializable(typeof(TierDetails))]
internal sealed partial class RetentionJsonContext : JsonSerializerContext;
