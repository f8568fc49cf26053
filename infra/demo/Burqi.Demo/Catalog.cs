using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace Burqi.Demo;

/// <summary>The catalog as any client sees it: over HTTP, with a key.</summary>
internal sealed class Catalog(HttpClient client)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<IReadOnlyList<Recording>> ListAsync(string callId, CancellationToken cancellationToken)
    {
        var page = await client.GetFromJsonAsync<Page>(new Uri($"recordings?call_id={callId}", UriKind.Relative), Json, cancellationToken);
        return page!.Items;
    }

    /// <summary>Plays a recording to its end and says whether every byte is what was archived.</summary>
    public async Task<bool> PlaysWholeAsync(Recording recording, CancellationToken cancellationToken)
    {
        await using var content = await client.GetStreamAsync(PlayPath(recording), cancellationToken);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == recording.Sha256;
    }

    public static Uri PlayPath(Recording recording) => new($"calls/{recording.CallId}/recording/{recording.Id}/play", UriKind.Relative);

    private sealed record Page(IReadOnlyList<Recording> Items);
}

/// <summary>The columns of a row that the demo shows.</summary>
internal sealed record Recording(
    Guid Id,
    string CallId,
    string RecordingType,
    string RecordingSource,
    string Status,
    string Format,
    long? DurationMs,
    long? FileSize,
    string? Sha256,
    string? FilePath,
    string? S3Key,
    string? S3Url);
