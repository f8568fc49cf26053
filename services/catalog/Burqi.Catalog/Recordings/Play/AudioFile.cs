using System.Globalization;

namespace Burqi.Catalog.Recordings.Play;

/// <summary>How a recording's audio presents itself to a client: its media type and its name.</summary>
internal static class AudioFile
{
    public static string MediaType(string? format) => format switch
    {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "mp4" or "m4a" => "audio/mp4",
        _ => "application/octet-stream",
    };

    /// <summary>Call, kind and start, such as <c>CA0a1b_mixed_20260301T093000Z.wav</c>: unique in a folder and sortable within a call.</summary>
    public static string Name(Recording recording)
    {
        var start = recording.StartedAt is { } time ? time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) : recording.Id.ToString("N");
        return $"{Plain(recording.CallId)}_{recording.RecordingType}_{start}{(recording.Format is { } format ? $".{format}" : "")}";
    }

    /// <summary>The name of a file that stands for the whole call.</summary>
    public static string Name(string callId, string format) => $"{Plain(callId)}.{format}";

    // Ids come from outside: what is no plain file name on somebody's system is replaced.
    private static string Plain(string callId) =>
        string.Concat(callId.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '-'));
}
