using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>One recording's messages as the services publish them, its ids new for every instance.</summary>
public sealed class Told
{
    public const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 30, 0, 123, TimeSpan.Zero);

    public Guid Id { get; init; } = Guid.NewGuid();

    public string CallId { get; init; } = $"CA{Guid.NewGuid():N}";

    public string? AssistantId { get; init; } = "assistant-1";

    public CallStarted CallStarted(DateTimeOffset? at = null) => new()
    {
        Provider = Providers.Twilio,
        CallId = CallId,
        AccountId = "AC0123456789abcdef0123456789abcdef",
        Direction = "inbound",
        From = "+15005550006",
        To = "+15005550001",
        AssistantId = AssistantId,
        StartedAt = at ?? Start,
    };

    public CallEnded CallEnded(string status = CallStatuses.Completed, DateTimeOffset? at = null, long? durationMs = 31_000) => new()
    {
        Provider = Providers.Twilio,
        CallId = CallId,
        Status = status,
        DurationMs = durationMs,
        EndedAt = at ?? Start.AddSeconds(31),
    };

    public RecordingStarted Started(DateTimeOffset? at = null) => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        AssistantId = AssistantId,
        Format = "wav",
        SampleRate = 8000,
        Channels = 2,
        StartedAt = at ?? Start,
    };

    public RecordingCaptured Captured() => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        AssistantId = AssistantId,
        Format = "wav",
        SampleRate = 8000,
        Channels = 2,
        DurationMs = 30_020,
        FileSize = 960_684,
        Sha256 = Sha256,
        FilePath = $"{CallId}/mixed_1772357400.wav",
        ContentUrl = "http://127.0.0.1:8000/media/recordings/x/content?exp=1&sig=2",
        MediaNode = "media-1",
        Recovered = true,
        StartedAt = Start.AddMilliseconds(5),
        EndedAt = Start.AddMilliseconds(30_025),
    };

    public ProviderRecordingReady ProviderReady() => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        ProviderRecordingId = "RE1",
        AccountId = "AC0123456789abcdef0123456789abcdef",
        DurationMs = 30_000,
        Channels = 2,
        Origin = "StartCallRecordingTwiML",
        StartedAt = Start.AddSeconds(1),
        ReadyAt = Start.AddSeconds(40),
    };

    public RecordingFailed Failed(string status = RecordingStatuses.Failed) => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        Status = status,
        Reason = "The stream carried no audio.",
        ErrorCode = "16101",
        FailedAt = Start.AddSeconds(35),
    };

    public RecordingArchiveStarted ArchiveStarted() => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        ArchiveStartedAt = Start.AddSeconds(36),
    };

    public RecordingArchiveFailed ArchiveFailed() => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        Reason = "The media node did not answer.",
        Attempts = 12,
        FailedAt = Start.AddHours(6),
    };

    public RecordingArchived Archived(string? objectKey = null, long fileSize = 960_684, string sha256 = Sha256, string format = "wav") => new()
    {
        RecordingId = Id,
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        AssistantId = AssistantId,
        Format = format,
        SampleRate = 8000,
        Channels = 2,
        DurationMs = 30_020,
        FileSize = fileSize,
        Sha256 = sha256,
        Store = "disk",
        ObjectKey = objectKey ?? $"recordings/2026/03/01/{CallId}/mixed_1772357400.wav",
        ObjectUrl = $"file:///objects/{objectKey}",
        FilePath = null,
        StartedAt = null,
        EndedAt = Start.AddMilliseconds(30_025),
        ArchivedAt = Start.AddSeconds(37),
    };
}
