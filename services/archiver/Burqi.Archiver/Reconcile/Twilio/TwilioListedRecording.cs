using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>A page of Twilio's list of recordings.</summary>
/// <param name="Recordings">What stands on it: each a <see cref="TwilioListedRecording"/>, read by itself so that an odd one costs no other.</param>
/// <param name="NextPageUri">Where the next one is, as a path of Twilio's; null on the last.</param>
internal sealed record TwilioRecordingPage(IReadOnlyList<JsonElement>? Recordings, string? NextPageUri);

/// <summary>What we need of a recording in Twilio's list. Numbers come as numbers or as text, or not at all.</summary>
internal sealed partial record TwilioListedRecording(
    string? Sid,
    string? AccountSid,
    string? CallSid,
    string? ConferenceSid,
    string? Status,
    string? Source,
    string? Track,
    string? StartTime,
    string? DateCreated,
    string? DateUpdated,
    JsonElement Duration,
    JsonElement Channels,
    JsonElement ErrorCode,
    JsonElement EncryptionDetails)
{
    private const int LongestRecording = 7 * 24 * 3600;

    /// <summary>The recording in our words; null where its ids are not Twilio's or nobody has heard of its status.</summary>
    /// <param name="account">The account that was asked.</param>
    public ListedRecording? ToListed(string account)
    {
        // As in the callback: the call, and for a conference without one the conference.
        var call = CallSid ?? ConferenceSid;
        ListedState? state = Status switch
        {
            "completed" => ListedState.Completed,
            "absent" => ListedState.Absent,
            "failed" => ListedState.Failed,
            "in-progress" or "paused" or "stopped" or "processing" => ListedState.Unfinished,
            "deleted" => ListedState.Deleted,
            _ => null,
        };
        return state is null || call is null || Sid is null || !CallPattern().IsMatch(call) || !RecordingPattern().IsMatch(Sid)
            ? null
            : new ListedRecording
            {
                AccountId = AccountSid is not null && AccountPattern().IsMatch(AccountSid) ? AccountSid : account,
                CallId = call,
                ConferenceId = ConferenceSid is not null && CallPattern().IsMatch(ConferenceSid) ? ConferenceSid : null,
                ProviderRecordingId = Sid,
                State = state.Value,
                StartedAt = TwilioListTime.Parse(StartTime) ?? TwilioListTime.Parse(DateCreated),
                UpdatedAt = TwilioListTime.Parse(DateUpdated),
                DurationMs = Number(Duration) is >= 0 and <= LongestRecording and var seconds ? seconds * 1000 : null,
                Channels = Number(Channels) switch { 1 => 1, 2 => 2, _ => null },
                Origin = Source,
                Track = Track is "both" or "inbound" or "outbound" ? Track : null,
                Encrypted = EncryptionDetails.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null),
                ErrorCode = Error,
                Reason = state switch
                {
                    ListedState.Absent => Error switch
                    {
                        "16101" => "Twilio kept no recording: it was too short.",
                        "16102" => "Twilio kept no recording: it was silent.",
                        _ => "Twilio has no recording.",
                    },
                    ListedState.Failed => "Twilio could not make the recording.",
                    _ => null,
                },
            };
    }

    private string? Error => Number(ErrorCode) is { } code and not 0 ? code.ToString(CultureInfo.InvariantCulture) : null;

    private static long? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    [GeneratedRegex(@"\AAC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountPattern();

    [GeneratedRegex(@"\AC[AF][0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"\ARE[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecordingPattern();
}
