using System.Text.Json;

namespace Burqi.Ingress.Tests.SharedSource;

/// <summary>One published answer: what was signed or received, and what the official library says of it.</summary>
internal sealed record SignatureVector
{
    public required string Name { get; init; }
    public required string AuthToken { get; init; }
    public string? Kind { get; init; }
    public string? Url { get; init; }
    public string? CandidateUrl { get; init; }
    public IReadOnlyList<string[]> Params { get; init; } = [];
    public string? RawBody { get; init; }
    public string? ExpectedSignature { get; init; }
    public string? Signature { get; init; }
    public bool ExpectedValid { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters => [.. Params.Select(p => KeyValuePair.Create(p[0], p[1]))];

    public static IReadOnlyList<SignatureVector> Read(string file, string section)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", file)));
        var vectors = document.RootElement.GetProperty(section).Deserialize<SignatureVector[]>(JsonSerializerOptions.Web)!;
        vectors.ShouldNotBeEmpty();
        return vectors;
    }
}
