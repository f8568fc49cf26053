using System.Text.Json;

namespace Burqi.Load.Servers;

/// <summary>An assistant that the media service finds in its data folder, as if the catalog had told it of it once.</summary>
internal static class LoadAssistant
{
    public const string Parameters = "\"assistant_id\":\"load\"";

    public static async Task WriteAsync(string serverFolder, string format = "wav", string? agentUrl = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(serverFolder, "data", "media-assistants")).FullName;
        var saved = new
        {
            AssistantId = "load",
            Version = 1,
            MediaUrl = agentUrl,
            Enabled = true,
            Format = format,
            SampleRate = 8000,
            Channels = 1,
            RecordUserAudio = true,
            RecordAssistantAudio = true,
            RecordMixedAudio = true,
            AutoSave = true,
            RecordingsDir = "recordings",
            CreateDatabaseRecords = true,
            SavedAt = DateTimeOffset.UnixEpoch,
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, "load.json"), JsonSerializer.SerializeToUtf8Bytes(new { Saved = saved }));
    }
}
