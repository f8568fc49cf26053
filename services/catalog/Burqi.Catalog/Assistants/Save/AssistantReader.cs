using System.Buffers;
using System.Text.Json;
using Burqi.Assistants;
using Burqi.Catalog.Retention.Policies;

namespace Burqi.Catalog.Assistants.Save;

/// <summary>
/// Reads what a client says of an assistant. By hand, so that everything that is wrong is said in one answer, each under its own name, and
/// so that a misspelt setting is refused instead of taking its default in silence.
/// </summary>
internal sealed class AssistantReader
{
    private const int LongestUrl = 2000;
    private const int LongestCredentialsName = 64;
    private const int LongestSegment = 64;
    private const int DeepestFolder = 4;
    private const int MostDays = 3650;

    private static readonly string[] Formats = ["mp3", "wav"];
    private static readonly int[] SampleRates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    private AssistantReader()
    {
    }

    /// <summary>What the body says; null, and what is wrong with it by name, where it cannot be taken.</summary>
    public static AssistantContent? Read(string id, JsonElement body, out Dictionary<string, string[]> errors)
    {
        var reader = new AssistantReader();
        var content = reader.ReadContent(id, body);
        errors = reader._errors;
        return errors.Count == 0 ? content : null;
    }

    private AssistantContent ReadContent(string id, JsonElement body)
    {
        var content = new AssistantContent();
        if (!AssistantId.IsValid(id))
        {
            Fail("id", $"An assistant's id is 1 to {AssistantId.MaxLength} letters, digits, '_', '-' and '.', and does not begin with '-' or '.'.");
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            Fail("body", "The body is not a JSON object.");
            return content;
        }

        foreach (var member in body.EnumerateObject())
        {
            switch (member.Name)
            {
                case "media_url":
                    content = content with { MediaUrl = Text(member.Name, member.Value, null, UrlProblem) };
                    break;
                case "twilio_credentials":
                    content = content with { TwilioCredentials = Text(member.Name, member.Value, null, CredentialsProblem) };
                    break;
                case "delete_at_provider_after_days":
                    content = content with { DeleteAtProviderAfterDays = Days(member.Name, member.Value, 0, MostDays) };
                    break;
                case "retention":
                    content = content with { Retention = ReadRetention(member.Name, member.Value) };
                    break;
                case "recording_settings":
                    content = content with { RecordingSettings = ReadSettings(member.Value) };
                    break;
                case "id" when member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() != id:
                    Fail("id", "The id in the body is another than the one in the URL.");
                    break;
                case "id" or "version" or "created_at" or "updated_at":
                    break; // as a GET gives them, so that its answer can be edited and sent back
                default:
                    Fail(member.Name, "There is no such property: an assistant has media_url, recording_settings, twilio_credentials, delete_at_provider_after_days and retention.");
                    break;
            }
        }

        return content;
    }

    private RecordingSettings ReadSettings(JsonElement element)
    {
        const string Parent = "recording_settings";
        var settings = new RecordingSettings();
        if (element.ValueKind == JsonValueKind.Null)
        {
            return settings;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(Parent, "The recording_settings are not a JSON object.");
            return settings;
        }

        foreach (var member in element.EnumerateObject())
        {
            var (name, value) = ($"{Parent}.{member.Name}", member.Value);
            settings = member.Name switch
            {
                "enabled" => settings with { Enabled = Flag(name, value, settings.Enabled) },
                "format" => settings with { Format = Text(name, value, settings.Format, FormatProblem)! },
                "sample_rate" => settings with { SampleRate = Number(name, value, settings.SampleRate, SampleRates) },
                "channels" => settings with { Channels = Number(name, value, settings.Channels, [1, 2]) },
                "record_user_audio" => settings with { RecordUserAudio = Flag(name, value, settings.RecordUserAudio) },
                "record_assistant_audio" => settings with { RecordAssistantAudio = Flag(name, value, settings.RecordAssistantAudio) },
                "record_mixed_audio" => settings with { RecordMixedAudio = Flag(name, value, settings.RecordMixedAudio) },
                "auto_save" => settings with { AutoSave = Flag(name, value, settings.AutoSave) },
                "recordings_dir" => settings with { RecordingsDir = Text(name, value, settings.RecordingsDir, FolderProblem)! },
                "create_database_records" => settings with { CreateDatabaseRecords = Flag(name, value, settings.CreateDatabaseRecords) },
                _ => Unknown(name, settings),
            };
        }

        return settings;
    }

    private Dictionary<string, RetentionPeriods>? ReadRetention(string parent, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(parent, "The retention is neither null nor a JSON object.");
            return null;
        }

        var retention = new Dictionary<string, RetentionPeriods>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var name = $"{parent}.{member.Name}";
            if (member.Name != RetentionKinds.Default && !RetentionKinds.All.Contains(member.Name))
            {
                Fail(name, $"There is no such kind of recordings: give {RetentionKinds.Default} or one of {string.Join(", ", RetentionKinds.All)}.");
            }
            else if (member.Value.ValueKind == JsonValueKind.Object)
            {
                retention[member.Name] = ReadPeriods(name, member.Value);
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                Fail(name, "The value is neither null nor a JSON object.");
            }
        }

        return retention;
    }

    private RetentionPeriods ReadPeriods(string parent, JsonElement element)
    {
        var periods = new RetentionPeriods();
        foreach (var member in element.EnumerateObject())
        {
            var name = $"{parent}.{member.Name}";
            switch (member.Name)
            {
                case "cool_after_days":
                    periods = periods with { CoolAfterDays = Days(name, member.Value, 1, RetentionPeriods.MostDays) };
                    break;
                case "archive_after_days":
                    periods = periods with { ArchiveAfterDays = Days(name, member.Value, 1, RetentionPeriods.MostDays) };
                    break;
                case "delete_after_days":
                    periods = periods with { DeleteAfterDays = Days(name, member.Value, 1, RetentionPeriods.MostDays) };
                    break;
                default:
                    Fail(name, "There is no such property: give cool_after_days, archive_after_days and delete_after_days.");
                    break;
            }
        }

        if (!periods.IsAscending)
        {
            Fail(parent, "The days do not grow from cool_after_days over archive_after_days to delete_after_days.");
        }

        return periods;
    }

    private bool Flag(string name, JsonElement value, bool otherwise)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Null:
                return otherwise;
            default:
                Fail(name, "The value is neither true nor false.");
                return otherwise;
        }
    }

    private int Number(string name, JsonElement value, int otherwise, int[] allowed)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && allowed.Contains(number))
        {
            return number;
        }

        Fail(name, $"The value is none of the numbers {string.Join(", ", allowed)}.");
        return otherwise;
    }

    private int? Days(string name, JsonElement value, int least, int most)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var days) && days >= least && days <= most)
        {
            return days;
        }

        Fail(name, $"The value is neither null nor a whole number from {least} to {most}.");
        return null;
    }

    private string? Text(string name, JsonElement value, string? otherwise, Func<string, string?> problem)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return otherwise;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if ((text is null ? "The value is not a string." : problem(text)) is not { } sentence)
        {
            return text;
        }

        Fail(name, sentence);
        return otherwise;
    }

    private RecordingSettings Unknown(string name, RecordingSettings settings)
    {
        Fail(name, "There is no such setting.");
        return settings;
    }

    private static string? FormatProblem(string format) => Formats.Contains(format) ? null : "The format is neither mp3 nor wav.";

    private static string? UrlProblem(string text)
    {
        if (text.Length > LongestUrl)
        {
            return $"The URL has more than {LongestUrl} characters.";
        }

        if (text.Any(character => character is <= ' ' or '\x7f')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("ws" or "wss")
            || url.Host.Length == 0)
        {
            return "The value is not an absolute ws:// or wss:// URL.";
        }

        if (url.UserInfo.Length > 0)
        {
            return "The URL carries a user name or a password: a WebSocket client would not send them.";
        }

        return text.Contains('#', StringComparison.Ordinal) ? "The URL has a fragment, which a WebSocket URL may not have." : null;
    }

    private static string? CredentialsProblem(string name) =>
        name.Length is >= 1 and <= LongestCredentialsName && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? null
            : $"The name is not 1 to {LongestCredentialsName} letters, digits, '_' and '-'.";

    private static string? FolderProblem(string folder)
    {
        var segments = folder.Split('/');
        return segments.Length <= DeepestFolder && segments.All(IsSegment)
            ? null
            : $"The folder is not a relative path of 1 to {DeepestFolder} names, each of 1 to {LongestSegment} letters, digits, '_' and '-'.";

        static bool IsSegment(string name) => name.Length is >= 1 and <= LongestSegment && !name.AsSpan().ContainsAnyExcept(NameCharacters);
    }

    private void Fail(string name, string sentence) => _errors[name] = [sentence];
}
