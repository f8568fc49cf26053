using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>
/// Who speaks in which channel of a dual recording. Twilio does not say, and it differs by what made the recording, so it is configured:
/// <c>user,assistant;Trunking=assistant,user;DialVerb=none</c> is who is in channels 1 and 2, and where that is otherwise or must not be told.
/// </summary>
internal sealed class TwilioChannelMap
{
    public const string Variable = "TWILIO_CHANNEL_MAP";

    private const string None = "none";

    // RecordingSource, as Twilio's callback writes it.
    private static readonly string[] Origins =
    [
        "DialVerb", "RecordVerb", "StartCallRecordingTwiML", "StartCallRecordingAPI", "OutboundAPI", "Conference", "StartConferenceRecordingAPI", "Trunking",
    ];

    private readonly Dictionary<string, IReadOnlyList<string>> _byOrigin = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<string> _others = [RecordingTypes.User, RecordingTypes.Assistant];

    private TwilioChannelMap()
    {
    }

    /// <summary>The caller in channel 1, the other side in channel 2, whatever made the recording.</summary>
    public static TwilioChannelMap Default { get; } = new();

    /// <summary>Reads a map; what cannot be read is added to <paramref name="problems"/>.</summary>
    public static TwilioChannelMap Parse(string text, ICollection<string> problems)
    {
        var map = new TwilioChannelMap();
        var hasOthers = false;
        foreach (var entry in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var origin = equals < 0 ? null : entry[..equals].TrimEnd();
            if (Roles(entry[(equals + 1)..]) is not { } roles)
            {
                problems.Add($"{Variable} has the entry '{entry}': give user,assistant or assistant,user, for channels 1 and 2, or {None}.");
            }
            else if (origin is not null && !Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add($"{Variable} names the source '{origin}', which Twilio does not have: it has {string.Join(", ", Origins)}.");
            }
            else if (origin is null ? hasOthers : !map._byOrigin.TryAdd(origin, roles))
            {
                problems.Add($"{Variable} has two entries for {origin ?? "all other sources"}: give one.");
            }
            else if (origin is null)
            {
                (map._others, hasOthers) = (roles, true);
            }
        }

        return map;
    }

    /// <summary>Who is in channel 1, 2; empty where nobody may say.</summary>
    public IReadOnlyList<string> RolesOf(string? origin) =>
        origin is not null && _byOrigin.TryGetValue(origin, out var roles) ? roles : _others;

    private static string[]? Roles(string text) => text.Split(',', StringSplitOptions.TrimEntries) switch
    {
        [None] => [],
        [RecordingTypes.User, RecordingTypes.Assistant] roles => roles,
        [RecordingTypes.Assistant, RecordingTypes.User] roles => roles,
        _ => null,
    };
}
