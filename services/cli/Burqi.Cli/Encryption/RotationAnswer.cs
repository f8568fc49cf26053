using System.Text.Json.Serialization;

namespace Burqi.Cli.Encryption;

/// <summary>Nothing has to be said to ask for a rotation: the key is the one that Burqi has.</summary>
internal sealed record RotationQuestion;

/// <summary>A rotation as Burqi's API shows it; what is not needed here is left out.</summary>
internal sealed record RotationAnswer
{
    public required string Id { get; init; }

    public required string KeyId { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, <c>failed</c> or <c>superseded</c>.</summary>
    public required string Status { get; init; }

    public required long Rewrapped { get; init; }

    public required long Failed { get; init; }

    public required long Remaining { get; init; }

    public string? Error { get; init; }
}

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RotationQuestion))]
[JsonSerializable(typeof(RotationAnswer))]
internal sealed partial class RotationJsonContext : JsonSerializerContext;
