using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Burqi.Contracts.Assistants;
using Burqi.Media.Mp3;

namespace Burqi.Media.Spool;

/// <summary>An assistant's <c>recording_settings</c>, as they are kept in the manifest: what was asked for when the stream began.</summary>
internal sealed partial record RecordingSettings
{
    /// <summary>The <c>recordings_dir</c> that stands for the node's recordings folder itself.</summary>
    public const string RootDir = "recordings";

    public required bool Enabled { get; init; }

    /// <summary>One of <see cref="AudioFormats"/>.</summary>
    public required string Format { get; init; }

    /// <summary>In Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>2: the mix has the user on the left and the assistant on the right.</summary>
    public required int Channels { get; init; }

    public required bool RecordUserAudio { get; init; }

    public required bool RecordAssistantAudio { get; init; }

    public required bool RecordMixedAudio { get; init; }

    /// <summary>False: the files stay on this node.</summary>
    public required bool AutoSave { get; init; }

    public required string RecordingsDir { get; init; }

    public required bool CreateDatabaseRecords { get; init; }

    /// <summary>The folder below the recordings folder; empty for the recordings folder itself.</summary>
    [JsonIgnore]
    public string Folder => RecordingsDir == RootDir ? "" : RecordingsDir;

    /// <summary>Whether the values can be worked with: the folder becomes a path.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Format is AudioFormats.Wav or AudioFormats.Mp3
        && Mp3Rates.SampleRates.Contains(SampleRate)
        && Channels is 1 or 2
        && RecordingsDir is not null && Dir().IsMatch(RecordingsDir);

    /// <summary>The settings of an assistant; null where there is none. A value that cannot be worked with gives way to its default: what is recorded is kept.</summary>
    public static RecordingSettings? Of(AssistantSaved? assistant) => assistant is null ? null : new()
    {
        Enabled = assistant.Enabled,
        Format = assistant.Format == AudioFormats.Wav ? AudioFormats.Wav : AudioFormats.Mp3,
        SampleRate = Mp3Rates.SampleRates.Contains(assistant.SampleRate) ? assistant.SampleRate : 8000,
        Channels = assistant.Channels == 2 ? 2 : 1,
        RecordUserAudio = assistant.RecordUserAudio,
        RecordAssistantAudio = assistant.RecordAssistantAudio,
        RecordMixedAudio = assistant.RecordMixedAudio,
        AutoSave = assistant.AutoSave,
        RecordingsDir = assistant.RecordingsDir is { } dir && Dir().IsMatch(dir) ? dir : RootDir,
        CreateDatabaseRecords = assistant.CreateDatabaseRecords,
    };

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,3}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Dir();
}
