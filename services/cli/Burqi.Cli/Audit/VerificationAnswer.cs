using System.Text.Json.Serialization;

namespace Burqi.Cli.Audit;

/// <summary>What came of verifying a stretch of the audit log, as Burqi's API shows it.</summary>
internal sealed record VerificationAnswer
{
    public required long Verified { get; init; }

    public required long Number { get; init; }

    public required string Hash { get; init; }

    public required bool More { get; init; }

    /// <summary>The number of the seal with the hash that was asked about; null where it is not in this stretch.</summary>
    public long? HeadAt { get; init; }

    /// <summary>The first seal that was made with a key; null where none was.</summary>
    public long? KeyedSince { get; init; }

    /// <summary>Which key the last seal was made with; null where none was, or what answers is older than this.</summary>
    public string? KeyId { get; init; }

    /// <summary>Whether what answers seals with a key.</summary>
    public bool HasKey { get; init; }

    public required long Unsealed { get; init; }

    public VerificationProblem? Problem { get; init; }
}

/// <summary>What is wrong, in a sentence that names the row.</summary>
internal sealed record VerificationProblem
{
    public required string Detail { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VerificationAnswer))]
internal sealed partial class AuditJsonContext : JsonSerializerContext;
