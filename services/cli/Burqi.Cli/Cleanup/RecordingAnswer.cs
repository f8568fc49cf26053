using System.Text.Json.Serialization;

namespace Burqi.Cli.Cleanup;

/// <summary>A recording as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record RecordingAnswer
{
    public const string Completed = "completed";

    public required string Status { get; init; }

    public string? Sha256 { get; init; }

    public string? S3Key { get; init; }

    public MetadataAnswer? RecordingMetadata { get; init; }
}

/// <summary>Where its object lies; and, of a mix that the provider's own recording took the place of, where ours does.</summary>
internal sealed record MetadataAnswer
{
    public string? Store { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    public string? LocalStatus { get; init; }

    public string? LocalSha256 { get; init; }

    public string? LocalS3Key { get; init; }

    public string? LocalStore { get; init; }

    public DateTimeOffset? LocalArchivedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecordingAnswer))]
internal sealed partial class RecordingJsonContext : JsonSerializerContext;
