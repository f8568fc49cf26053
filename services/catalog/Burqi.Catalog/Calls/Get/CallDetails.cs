using System.Text.Json.Serialization;
using Burqi.Catalog.Recordings;

namespace Burqi.Catalog.Calls.Get;

/// <summary>A call and its recordings, the earliest first.</summary>
internal sealed record CallDetails : Call
{
    [JsonPropertyName("recordings")]
    public IReadOnlyList<Recording> Recordings { get; init; } = [];
}
