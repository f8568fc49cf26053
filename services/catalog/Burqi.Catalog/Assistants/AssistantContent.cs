using System.ComponentModel;
using System.Text.Json.Serialization;
using Burqi.Catalog.Retention.Policies;

namespace Burqi.Catalog.Assistants;

/// <summary>What a client says of an assistant. All of it is optional; what is left out takes its default.</summary>
internal record AssistantContent
{
    [JsonPropertyName("media_url")]
    [Description("The voice agent's own WebSocket, ws:// or wss://; null where there is none.")]
    public string? MediaUrl { get; init; }

    [JsonPropertyName("recording_settings")]
    [Description("What is recorded of the assistant's calls, and how.")]
    public RecordingSettings RecordingSettings { get; init; } = new();

    [JsonPropertyName("twilio_credentials")]
    [Description("The name under which the services' configuration holds the assistant's own Twilio credentials; null: the default ones.")]
    public string? TwilioCredentials { get; init; }

    [JsonPropertyName("delete_at_provider_after_days")]
    [Description("After how many days the provider's own copy of a recording is deleted, once ours is verified: 0 is at once; null keeps it there.")]
    public int? DeleteAtProviderAfterDays { get; init; }

    [JsonPropertyName("retention")]
    [Description("How long the assistant's recordings are kept, by recording_type (participant: all further ones) or default; null: by the setting for all.")]
    public Dictionary<string, RetentionPeriods>? Retention { get; init; }
}
