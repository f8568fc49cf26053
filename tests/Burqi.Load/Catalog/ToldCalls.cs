using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Load.Catalog;

/// <summary>Calls as the other services tell of them: two-party calls of Twilio's, with three tracks recorded here and one recording of the provider's.</summary>
internal static class ToldCalls
{
    /// <summary>So many of a call's messages each make a row: the call and its three tracks.</summary>
    public const int RowsOfNewCall = 4;

    private const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Account = "AC0123456789abcdef0123456789abcdef";

    private static readonly string[] Tracks = [RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed];

    public static string CallId(int number) => $"CA{number:x32}";

    public static Guid Id(int number, int track) => new((uint)number, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, (byte)track);

    public static DateTimeOffset Start(int number) => new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero).AddSeconds(number * 2);

    /// <summary>Messages of which every one makes a row.</summary>
    public static IEnumerable<object> New(int number) => [Started(number), .. Tracks.Select((_, track) => Captured(number, track))];

    /// <summary>All messages of a call, from its first word to its last recording in the store.</summary>
    public static IEnumerable<object> Whole(int number)
    {
        var start = Start(number);
        yield return Started(number);
        for (var track = 0; track < Tracks.Length; track++)
        {
            yield return new RecordingStarted
            {
                RecordingId = Id(number, track), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = Tracks[track], RecordingSource = RecordingSources.Local,
                StreamId = $"MZ{number:x32}", AssistantId = Assistant(number), Format = "wav", SampleRate = 8000, Channels = 1, StartedAt = start,
            };
        }

        for (var track = 0; track < Tracks.Length; track++)
        {
            yield return Captured(number, track);
        }

        yield return new CallEnded { Provider = Providers.Twilio, CallId = CallId(number), Status = CallStatuses.Completed, DurationMs = 61_000, EndedAt = start.AddSeconds(61) };
        yield return new ProviderRecordingReady
        {
            RecordingId = Id(number, Tracks.Length), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = RecordingTypes.Provider, RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = $"RE{number:x32}", AccountId = Account, AssistantId = Assistant(number), DurationMs = 60_500, Channels = 2, Format = "wav",
            Origin = "StartCallRecordingTwiML", StartedAt = start, ReadyAt = start.AddSeconds(70),
        };
        for (var track = 0; track <= Tracks.Length; track++)
        {
            yield return new RecordingArchiveStarted
            {
                RecordingId = Id(number, track), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = Type(track), RecordingSource = Source(track),
                StreamId = track < Tracks.Length ? $"MZ{number:x32}" : null, AssistantId = Assistant(number), ArchiveStartedAt = start.AddSeconds(71),
            };
        }

        for (var track = 0; track <= Tracks.Length; track++)
        {
            yield return Archived(number, track);
        }
    }

    private static CallStarted Started(int number) => new()
    {
        Provider = Providers.Twilio, CallId = CallId(number), AccountId = Account, Direction = "inbound", From = $"+1500{number % 5000:0000000}", To = $"+1600{number % 200:0000000}",
        AssistantId = Assistant(number), StartedAt = Start(number),
    };

    private static RecordingCaptured Captured(int number, int track) => new()
    {
        RecordingId = Id(number, track), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = Tracks[track], RecordingSource = RecordingSources.Local,
        StreamId = $"MZ{number:x32}", AssistantId = Assistant(number), Format = "wav", SampleRate = 8000, Channels = 1, DurationMs = 60_020, FileSize = 960_364, Sha256 = Sha256,
        FilePath = $"{CallId(number)}/{Tracks[track]}_{Start(number).ToUnixTimeSeconds()}.wav",
        ContentUrl = $"http://media-1:8000/media/recordings/{Id(number, track)}/content?exp=1&sig=2", MediaNode = "media-1", Recovered = false,
        StartedAt = Start(number), EndedAt = Start(number).AddMilliseconds(60_020), FramesReceived = 3001, FramesLost = 0, FramesLate = 0, FramesDuplicated = 0, GapCount = 0, GapMs = 0,
        CoverageMs = 60_020, FirstTimestampMs = 0, LastTimestampMs = 60_000, Peak = 9000, Rms = 900, ClippedSamples = 0, SilentMs = 0,
    };

    private static RecordingArchived Archived(int number, int track) => new()
    {
        RecordingId = Id(number, track), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = Type(track), RecordingSource = Source(track),
        StreamId = track < Tracks.Length ? $"MZ{number:x32}" : null, ProviderRecordingId = track < Tracks.Length ? null : $"RE{number:x32}", AssistantId = Assistant(number),
        Format = "wav", SampleRate = 8000, Channels = track < Tracks.Length ? 1 : 2, DurationMs = track < Tracks.Length ? 60_020 : 60_500, FileSize = 960_364, Sha256 = Sha256, Store = "s3",
        ObjectKey = $"recordings/2026/03/01/{CallId(number)}/{Type(track)}_{Start(number).ToUnixTimeSeconds()}.wav",
        ObjectUrl = $"https://s3.example.com/burqi/recordings/2026/03/01/{CallId(number)}/{Type(track)}.wav", StartedAt = Start(number), EndedAt = Start(number).AddMilliseconds(60_020),
        ArchivedAt = Start(number).AddSeconds(75), Peak = 9000,
    };

    private static string Assistant(int number) => $"assistant-{number % 40}";

    private static string Type(int track) => track < Tracks.Length ? Tracks[track] : RecordingTypes.Provider;

    private static string Source(int track) => track < Tracks.Length ? RecordingSources.Local : RecordingSources.Twilio;
}
