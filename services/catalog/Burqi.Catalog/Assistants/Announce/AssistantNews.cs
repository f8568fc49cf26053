using System.Text.Json;
using Burqi.Contracts.Assistants;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>An assistant of which something is to be told, as it stands.</summary>
internal sealed record AssistantNews
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, media_url as MediaUrl, recording_settings as Settings, twilio_credentials as TwilioCredentials,
        delete_at_provider_after_days as DeleteAtProviderAfterDays, version as Version,
        updated_at as UpdatedAt, deleted_at as DeletedAt, due as Due
        """;

    public required string Id { get; init; }

    public string? MediaUrl { get; init; }

    public required string Settings { get; init; }

    public string? TwilioCredentials { get; init; }

    public int? DeleteAtProviderAfterDays { get; init; }

    public required long Version { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public DateTime? DeletedAt { get; init; }

    public required long Due { get; init; }

    /// <summary>The message: the same row makes the same, however often.</summary>
    public object ToMessage() => DeletedAt is { } deletedAt ? Deleted(deletedAt) : Saved();

    private AssistantDeleted Deleted(DateTime at) => new() { AssistantId = Id, Version = Version, DeletedAt = new DateTimeOffset(at, TimeSpan.Zero) };

    private AssistantSaved Saved()
    {
        var settings = JsonSerializer.Deserialize(Settings, CatalogJsonContext.Default.RecordingSettings)!;
        return new()
        {
            AssistantId = Id,
            Version = Version,
            MediaUrl = MediaUrl,
            Enabled = settings.Enabled,
            Format = settings.Format,
            SampleRate = settings.SampleRate,
            Channels = settings.Channels,
            RecordUserAudio = settings.RecordUserAudio,
            RecordAssistantAudio = settings.RecordAssistantAudio,
            RecordMixedAudio = settings.RecordMixedAudio,
            AutoSave = settings.AutoSave,
            RecordingsDir = settings.RecordingsDir,
            CreateDatabaseRecords = settings.CreateDatabaseRecords,
            TwilioCredentials = TwilioCredentials,
            DeleteAtProviderAfterDays = DeleteAtProviderAfterDays,
            SavedAt = new DateTimeOffset(UpdatedAt, TimeSpan.Zero),
        };
    }
}
