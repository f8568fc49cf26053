using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Catalog.Retention.Policies;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Assistants;

/// <summary>A row of <c>catalog.assistants</c> as the API shows it.</summary>
internal sealed record Assistant
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, media_url as MediaUrl, recording_settings as RecordingSettingsText, twilio_credentials as TwilioCredentials,
        delete_at_provider_after_days as DeleteAtProviderAfterDays, retention as RetentionText, version as Version, created_at as CreatedAt, updated_at as UpdatedAt
        """;

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("media_url")]
    public required string? MediaUrl { get; init; }

    [JsonPropertyName("recording_settings")]
    public RecordingSettings RecordingSettings => JsonSerializer.Deserialize(RecordingSettingsText, CatalogJsonContext.Default.RecordingSettings)!;

    [JsonPropertyName("twilio_credentials")]
    public required string? TwilioCredentials { get; init; }

    [JsonPropertyName("delete_at_provider_after_days")]
    public required int? DeleteAtProviderAfterDays { get; init; }

    [JsonPropertyName("retention")]
    public IReadOnlyDictionary<string, RetentionPeriods>? Retention =>
        RetentionText is null ? null : JsonSerializer.Deserialize(RetentionText, CatalogJsonContext.Default.DictionaryStringRetentionPeriods);

    /// <summary>Grows with every change; also its entity tag.</summary>
    [JsonPropertyName("version")]
    public required long Version { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTime UpdatedAt { get; init; }

    [JsonIgnore]
    public string RecordingSettingsText { get; init; } = "{}";

    [JsonIgnore]
    public string? RetentionText { get; init; }

    [JsonIgnore]
    public EntityTagHeaderValue EntityTag => new($"\"{Version.ToString(CultureInfo.InvariantCulture)}\"");
}
