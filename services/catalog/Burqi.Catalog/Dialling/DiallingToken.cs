using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Dialling;

/// <summary>What a browser needs to place a call.</summary>
internal sealed record DiallingToken
{
    [JsonPropertyName("token")]
    [Description("The provider's access token, for its library in the browser.")]
    public required string Token { get; init; }

    [JsonPropertyName("identity")]
    [Description("Who calls, as the provider names the caller: client:{identity}.")]
    public required string Identity { get; init; }

    [JsonPropertyName("expires_at")]
    [Description("Until when a call can be placed with it; one under way goes on.")]
    public required DateTime ExpiresAt { get; init; }
}
