using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Burqi.Access;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>Who a session is, where it is not a key's: kept in its row, since the token that told so is not.</summary>
internal sealed record SessionCaller
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("scopes")]
    public required string[] Scopes { get; init; }

    [JsonPropertyName("assistants")]
    public string[]? Assistants { get; init; }

    [JsonPropertyName("requests_per_minute")]
    public int? RequestsPerMinute { get; init; }

    public static SessionCaller Of(Caller caller) => new()
    {
        Id = caller.Id,
        Name = caller.Name,
        Scopes = [.. caller.Scopes],
        Assistants = caller.AssistantIds,
        RequestsPerMinute = caller.RequestsPerMinute,
    };

    public Caller ToCaller() => new()
    {
        Id = Id,
        Name = Name,
        Scopes = Scopes.ToFrozenSet(StringComparer.Ordinal),
        Assistants = Assistants?.ToFrozenSet(StringComparer.Ordinal),
        RequestsPerMinute = RequestsPerMinute,
    };
}
