using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Load.Catalog;

/// <summary>
/// Numbered calls as the other services tell of them. Most are two-party calls of Twilio's with three tracks recorded here and one recording of the
/// provider's, from their first word to the store; of others the recordings failed, lie on their node, are under way, or are a chunk of ACS's.
/// </summary>
internal static class ToldCalls
{
    /// <summary>Of so many calls in a row each of the first is of a kind of its own (<see cref="Kind"/>).</summary>
    public const int KindsEvery = 50;

    /// <summary>So many messages of a new call each make a row: the call and its three tracks.</summary>
    public const int RowsOfNewCall = 4;

    public const int Assistants = 40;
    public const int Callers = 5000;
    public const int Called = 200;

    /// <summary>Seconds from one call to the next.</summary>
    public const int Spacing = 120;

    /// <summary>What follows the audio, in s after the start; the audio is through long before or not, which matters to nobody.</summary>
    public static readonly int[] Moments = [0, 70, 71, 75];

    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 9, 0, 0, TimeSpan.Zero);

    private const string Sha256OfAll = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Account = "AC0123456789abcdef0123456789abcdef";

    private static readonly string[] Tracks = [RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed];

    public static string CallId(int number) => $"CA{number:x32}";

    public static string StreamId(int number) => $"MZ{number:x32}";

    public static string Sid(int number) => $"RE{number:x32}";

    public static Guid Id(int number, int track) =>
        new(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}/{track}"))).AsSpan(0, 16), bigEndian: true);

    public static DateTimeOffset Start(int number) => Epoch.AddSeconds((long)number * Spacing);

    /// <summary>From 5 s to 10 min, and of one in a thousand two hours.</summary>
    public static long AudioMs(int number) => number % 1000 == 7 ? 7_200_000 : 5_000 + (long)number * 7919 % 600_000;

    public static string Assistant(int number) => $"assistant-{number % Assistants}";

    public static string From(int number) => $"+1500{number % Callers:0000000}";

    public static string To(int number) => $"+1600{number % Called:0000000}";

    public static int Kind(int number) => Math.Min(number % KindsEvery, 4);

    /// <summary>How many recordings a call of a kind has.</summary>
    public static int Recordings(int kind) => kind switch { 1 => 1, 4 => 4, _ => 3 };

    /// <summary>Messages of which every one makes a row.</summary>
    public static IEnumerable<object> New(int number) => [Started(number, Providers.Twilio), .. Tracks.Select((_, track) => Captured(number, track))];

    /// <summary>All messages of a call of its number's kind.</summary>
    public static IEnumerable<object> Whole(int number) => Kind(number) switch
    {
        0 => [Started(number, Providers.Twilio), Ended(number, CallStatuses.Failed), .. Tracks.Select((_, track) => Failed(number, track))],
        1 => [Started(number, Providers.Acs), Ended(number, CallStatuses.Completed, Providers.Acs), Chunk(number)],
        2 => [Started(number, Providers.Twilio), .. Tracks.Select((_, track) => Began(number, track))],
        3 => [.. New(number), Ended(number, CallStatuses.Completed)],
        _ => Archived(number),
    };

    private static IEnumerable<object> Archived(int number) =>
    [
        Started(number, Providers.Twilio),
        .. Tracks.Select((_, track) => Began(number, track)),
        .. Tracks.Select((_, track) => Captured(number, track)),
        Ended(number, CallStatuses.Completed),
        new ProviderRecordingReady
        {
            RecordingId = Id(number, 3), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = RecordingTypes.Provider, RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = Sid(number), AccountId = Account, AssistantId = Assistant(number), DurationMs = AudioMs(number), Channels = 2, Format = "wav",
            Origin = "StartCallRecordingTwiML", StartedAt = Start(number), ReadyAt = Start(number).AddSeconds(Moments[1]),
        },
        .. Enumerable.Range(0, 4).Select(track => new RecordingArchiveStarted
        {
            RecordingId = Id(number, track), Provider = Providers.Twilio, CallId = CallId(number), RecordingType = Type(track), RecordingSource = Source(track),
            StreamId = track < 3 ? StreamId(number) : null, AssistantId = Assistant(number), ArchiveStartedAt = Start(number).AddSeconds(Moments[2]),
        }),
        .. Enumerable.Range(0, 4).Select(track => Archived(number, track)),
    ];

    private static CallStarted Started(int number, string provider) => new()
    {
        Provider = provider,
        CallId = CallId(number),
        AccountId = Account,
        Direction = "inbound",
        From = From(number),
        To = To(number),
        AssistantId = Assistant(number),
        StartedAt = Start(number),
    };

    private static CallEnded Ended(int number, string status, string provider = Providers.Twilio) => new()
    {
        Provider = provider,
        CallId = CallId(number),
        Status = status,
        DurationMs = AudioMs(number),
        EndedAt = Start(number).AddMilliseconds(AudioMs(number)),
    };

    private static RecordingStarted Began(int number, int track) => new()
    {
        RecordingId = Id(number, track),
        Provider = Providers.Twilio,
        CallId = CallId(number),
        RecordingType = Type(track),
        RecordingSource = RecordingSources.Local,
        StreamId = StreamId(number),
        AssistantId = Assistant(number),
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        StartedAt = Start(number),
    };

    private static RecordingCaptured Captured(int number, int track) => new()
    {
        RecordingId = Id(number, track),
        Provider = Providers.Twilio,
        CallId = CallId(number),
        RecordingType = Type(track),
        RecordingSource = RecordingSources.Local,
        StreamId = StreamId(number),
        AssistantId = Assistant(number),
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        DurationMs = AudioMs(number),
        FileSize = 960_364,
        Sha256 = Sha256OfAll,
        FilePath = $"{CallId(number)}/{Type(track)}.wav",
        ContentUrl = $"http://media-1:8000/media/recordings/{Id(number, track)}/content?exp=1&sig=2",
        MediaNode = "media-1",
        Recovered = false,
        StartedAt = Start(number),
        EndedAt = Start(number).AddMilliseconds(AudioMs(number)),
        FramesReceived = 3001,
        FramesLost = 0,
        FramesLate = 0,
        FramesDuplicated = 0,
        GapCount = 0,
        GapMs = 0,
        FirstTimestampMs = 0,
        LastTimestampMs = 60_000,
        Peak = 9000,
        Rms = 900,
        ClippedSamples = 0,
        SilentMs = 0,
    };

    private static RecordingFailed Failed(int number, int track) => new()
    {
        RecordingId = Id(number, track),
        Provider = Providers.Twilio,
        CallId = CallId(number),
        RecordingType = Type(track),
        RecordingSource = RecordingSources.Local,
        StreamId = StreamId(number),
        AssistantId = Assistant(number),
        Status = RecordingStatuses.Failed,
        Reason = "The stream carried no audio.",
        FailedAt = Start(number).AddSeconds(Moments[1]),
    };

    private static RecordingArchived Archived(int number, int track) => new()
    {
        RecordingId = Id(number, track),
        Provider = Providers.Twilio,
        CallId = CallId(number),
        RecordingType = Type(track),
        RecordingSource = Source(track),
        StreamId = track < 3 ? StreamId(number) : null,
        ProviderRecordingId = track < 3 ? null : Sid(number),
        AssistantId = Assistant(number),
        Format = "wav",
        SampleRate = 8000,
        Channels = track < 3 ? 1 : 2,
        DurationMs = AudioMs(number),
        FileSize = 960_364,
        Sha256 = Sha256OfAll,
        Store = "s3",
        ObjectKey = $"recordings/{CallId(number)}/{Type(track)}.wav",
        ObjectUrl = $"https://s3.example.com/burqi/recordings/{CallId(number)}/{Type(track)}.wav",
        StartedAt = Start(number),
        EndedAt = Start(number).AddMilliseconds(AudioMs(number)),
        ArchivedAt = Start(number).AddSeconds(Moments[3]),
        Peak = 9000,
    };

    private static RecordingArchived Chunk(int number) => Archived(number, 0) with
    {
        Provider = Providers.Acs,
        RecordingType = RecordingTypes.Chunk,
        RecordingSource = RecordingSources.Acs,
        StreamId = null,
        ProviderRecordingId = Sid(number),
        ObjectKey = $"recordings/{CallId(number)}/chunk.wav",
    };

    private static string Type(int track) => track < Tracks.Length ? Tracks[track] : RecordingTypes.Provider;

    private static string Source(int track) => track < Tracks.Length ? RecordingSources.Local : RecordingSources.Twilio;
}
