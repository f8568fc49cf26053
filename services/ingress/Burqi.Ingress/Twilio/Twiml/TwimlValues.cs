namespace Burqi.Ingress.Twilio.Twiml;

/// <summary>The words that Twilio knows, in its own order. A list of them is written with a space between two.</summary>
internal static class TwimlValues
{
    public static readonly IReadOnlyList<string> StreamTracks = ["inbound_track", "outbound_track", "both_tracks"];
    public static readonly IReadOnlyList<string> RecordingChannels = ["mono", "dual"];
    public static readonly IReadOnlyList<string> RecordingTracks = ["inbound", "outbound", "both"];
    public static readonly IReadOnlyList<string> Trims = ["trim-silence", "do-not-trim"];

    /// <summary>What can be asked for; <c>failed</c> is told unasked.</summary>
    public static readonly IReadOnlyList<string> RecordingEvents = ["in-progress", "completed", "absent"];

    public static readonly IReadOnlyList<string> CallEvents = ["initiated", "ringing", "answered", "completed"];
    public static readonly IReadOnlyList<string> RejectReasons = ["rejected", "busy"];

    public static readonly IReadOnlyList<string> DialRecords =
        ["do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual"];

    /// <summary>How long a dialled party may ring, in seconds; Twilio's own default is 30.</summary>
    public static readonly (int Least, int Most) DialTimeout = (1, 600);
}
