using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Assistants;

/// <summary>What is recorded of an assistant's calls, and how. The initial values are the defaults.</summary>
internal sealed record RecordingSettings
{
    [JsonPropertyName("enabled")]
    [Description("Whether the assistant's calls are recorded.")]
    public bool Enabled { get; init; }

    [JsonPropertyName("format")]
    [Description("The container of the finished files: mp3 or wav.")]
    public string Format { get; init; } = "mp3";

    [JsonPropertyName("sample_rate")]
    [Description("Samples per second and channel of the finished files, in Hz.")]
    public int SampleRate { get; init; } = 8000;

    [JsonPropertyName("channels")]
    [Description("1: the mix is one channel. 2: the user is on its left, the assistant on its right.")]
    public int Channels { get; init; } = 1;

    [JsonPropertyName("record_user_audio")]
    [Description("Whether the user's side becomes a recording of its own.")]
    public bool RecordUserAudio { get; init; } = true;

    [JsonPropertyName("record_assistant_audio")]
    [Description("Whether the assistant's side becomes a recording of its own.")]
    public bool RecordAssistantAudio { get; init; } = true;

    [JsonPropertyName("record_mixed_audio")]
    [Description("Whether both sides together become a recording.")]
    public bool RecordMixedAudio { get; init; } = true;

    [JsonPropertyName("auto_save")]
    [Description("Whether finished files are archived; otherwise they stay on the node that recorded them.")]
    public bool AutoSave { get; init; } = true;

    [JsonPropertyName("recordings_dir")]
    [Description("The folder for the files: recordings is the node's own recordings folder, any other a folder below it.")]
    public string RecordingsDir { get; init; } = "recordings";

    [JsonPropertyName("create_database_records")]
    [Description("Whether the recordings get rows here.")]
    public bool CreateDatabaseRecords { get; init; } = true;
}
