using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Identity;

namespace Burqi.Catalog.Tests.Recordings.Upgrade;

/// <summary>A call of a Twilio number as all services tell of it, its ids new for every instance.</summary>
internal sealed class ToldCall
{
    public const string ProviderSha256 = "0000081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08f";

    public static readonly DateTimeOffset Start = Told.Start;

    public string CallId { get; } = $"CA{Guid.NewGuid():N}";

    public CallStarted CallStarted() => new() { Provider = Providers.Twilio, CallId = CallId, StartedAt = Start };

    public CallEnded CallEnded() => new()
    {
        Provider = Providers.Twilio,
        CallId = CallId,
        Status = CallStatuses.Completed,
        DurationMs = 31_000,
        EndedAt = Start.AddSeconds(31),
    };

    /// <summary>The three tracks of one media stream, from their start to the store.</summary>
    public IEnumerable<object> Stream(string streamId = "MZ1", long durationMs = 30_020, string? without = null)
    {
        foreach (var type in new[] { RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed }.Where(type => type != without))
        {
            yield return Started(type, streamId);
            yield return Captured(type, streamId, durationMs);
            yield return ArchiveStarted(type, streamId);
            yield return Archived(type, streamId, durationMs);
        }
    }

    public Guid Local(string type, string streamId = "MZ1") => RecordingId.Create(Providers.Twilio, CallId, streamId, type);

    public Guid Offer(string sid = "RE1") => RecordingId.Create(Providers.Twilio, CallId, sid, RecordingTypes.Provider);

    public Guid StandIn(string sid = "RE1") => RecordingId.Create(Providers.Twilio, CallId, sid, RecordingTypes.Mixed);

    public RecordingStarted Started(string type, string streamId = "MZ1") => new()
    {
        RecordingId = Local(type, streamId),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = type,
        RecordingSource = RecordingSources.Local,
        StreamId = streamId,
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        StartedAt = Start,
    };

    public RecordingCaptured Captured(string type, string streamId = "MZ1", long durationMs = 30_020, int peak = 9000) => new()
    {
        RecordingId = Local(type, streamId),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = type,
        RecordingSource = RecordingSources.Local,
        StreamId = streamId,
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        DurationMs = durationMs,
        FileSize = 480_364,
        Sha256 = Told.Sha256,
        FilePath = $"{CallId}/{type}_1.wav",
        ContentUrl = "http://127.0.0.1:8000/media/recordings/x/content?exp=1&sig=2",
        MediaNode = "media-1",
        Recovered = false,
        StartedAt = Start,
        EndedAt = Start.AddMilliseconds(durationMs),
        Peak = peak,
    };

    public RecordingArchiveStarted ArchiveStarted(string type, string streamId = "MZ1") => new()
    {
        RecordingId = Local(type, streamId),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = type,
        RecordingSource = RecordingSources.Local,
        StreamId = streamId,
        ArchiveStartedAt = Start.AddSeconds(33),
    };

    public RecordingArchived Archived(string type, string streamId = "MZ1", long durationMs = 30_020) => new()
    {
        RecordingId = Local(type, streamId),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = type,
        RecordingSource = RecordingSources.Local,
        StreamId = streamId,
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        DurationMs = durationMs,
        FileSize = 480_364,
        Sha256 = Told.Sha256,
        Store = "disk",
        ObjectKey = $"recordings/{CallId}/{streamId}_{type}.wav",
        ObjectUrl = $"file:///objects/{type}",
        ArchivedAt = Start.AddSeconds(34),
    };

    public RecordingFailed LocalFailed(string type) => new()
    {
        RecordingId = Local(type),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = type,
        RecordingSource = RecordingSources.Local,
        StreamId = "MZ1",
        Status = RecordingStatuses.Failed,
        Reason = "The stream carried no audio.",
        FailedAt = Start.AddSeconds(32),
    };

    public RecordingStarted OfferStarted(string sid = "RE1") => new()
    {
        RecordingId = Offer(sid),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = sid,
        StartedAt = Start.AddSeconds(1),
    };

    public ProviderRecordingReady OfferReady(string sid = "RE1") => new()
    {
        RecordingId = Offer(sid),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = sid,
        AccountId = "AC0123456789abcdef0123456789abcdef",
        DurationMs = 30_000,
        Channels = 2,
        Origin = "StartCallRecordingTwiML",
        Track = "both",
        StartedAt = Start.AddSeconds(1),
        ReadyAt = Start.AddSeconds(40),
    };

    public RecordingArchived OfferArchived(string sid = "RE1") => new()
    {
        RecordingId = Offer(sid),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = sid,
        Format = "wav",
        SampleRate = 8000,
        Channels = 2,
        DurationMs = 30_100,
        FileSize = 963_244,
        Sha256 = ProviderSha256,
        Store = "disk",
        ObjectKey = $"recordings/{CallId}_{sid}.wav",
        ObjectUrl = "file:///objects/provider",
        ArchivedAt = Start.AddSeconds(42),
        Peak = 12_000,
        SilentChannels = 0,
    };

    public RecordingFailed OfferFailed(string status, string sid = "RE1") => new()
    {
        RecordingId = Offer(sid),
        Provider = Providers.Twilio,
        CallId = CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = sid,
        Status = status,
        Reason = "Too short.",
        ErrorCode = "16101",
        FailedAt = Start.AddSeconds(40),
    };

    /// <summary>All rows of the call, without what differs from call to call or from run to run.</summary>
    public async Task<string> RowsAsync(CatalogHost catalog)
    {
        await using var command = catalog.Database.CreateCommand(
            """
            select jsonb_pretty(jsonb_agg(to_jsonb(r) - array['created_at', 'updated_at'] order by recording_type, recording_source, coalesce(recording_sid, ''), s3_key, told))
            from catalog.recordings r where call_id = $1
            """);
        command.Parameters.Add(new() { Value = CallId });
        var rows = await command.ExecuteScalarAsync() as string ?? "";
        foreach (var stream in (string[])["MZ1", "MZ2"])
        {
            foreach (var type in (string[])[RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed])
            {
                rows = rows.Replace(Local(type, stream).ToString(), $"{stream} {type}", StringComparison.Ordinal);
            }
        }

        foreach (var sid in (string[])["RE1", "RE2"])
        {
            rows = rows.Replace(Offer(sid).ToString(), sid, StringComparison.Ordinal).Replace(StandIn(sid).ToString(), $"instead {sid}", StringComparison.Ordinal);
        }

        return rows.Replace(CallId, "CA", StringComparison.Ordinal);
    }

    public async Task<JsonArray> EventsAsync(CatalogHost catalog)
    {
        await using var command = catalog.Database.CreateCommand(
            "select coalesce(jsonb_agg(to_jsonb(e) order by id), '[]')::text from catalog.recording_events e where call_id = $1");
        command.Parameters.Add(new() { Value = CallId });
        return JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)!.AsArray();
    }
}
