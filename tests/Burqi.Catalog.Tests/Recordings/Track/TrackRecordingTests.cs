using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Recordings.Track;

public sealed class TrackRecordingTests(CatalogHost catalog)
{
    [Fact]
    public async Task Consume_Started_RowIsRecording()
    {
        var told = new Told();
        await catalog.TellAsync(told.Started());

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", "recording"), ("call_id", told.CallId), ("provider", "twilio"), ("recording_source", "local"),
            ("recording_type", "mixed"), ("format", "wav"), ("sample_rate", 8000), ("channels", 2), ("assistant_id", "assistant-1"),
            ("started_at", "2026-03-01T09:30:00.123+00:00"), ("listed_at", "2026-03-01T09:30:00.123+00:00"), ("ended_at", null), ("sha256", null));
        row["recording_metadata"]!.ToJsonString().ShouldBe("""{"stream_id":"MZ1"}""");
    }

    [Fact]
    public async Task Consume_Captured_RowHasTheFile()
    {
        var told = new Told();
        await catalog.TellAsync(told.Started(), told.Captured());

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", "captured"), ("duration_ms", 30020), ("file_size", 960684), ("sha256", Told.Sha256),
            ("file_path", $"{told.CallId}/mixed_1772357400.wav"), ("started_at", "2026-03-01T09:30:00.128+00:00"),
            ("ended_at", "2026-03-01T09:30:30.148+00:00"));
        row["recording_metadata"].ShouldHave(("media_node", "media-1"), ("recovered", true));
    }

    [Fact]
    public async Task Consume_ProviderReady_RowIsCaptured()
    {
        var told = new Told();
        await catalog.TellAsync(told.ProviderReady());

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", "captured"), ("recording_sid", "RE1"), ("duration_ms", 30000), ("format", null), ("sample_rate", null));
        row["recording_metadata"].ShouldHave(("origin", "StartCallRecordingTwiML"), ("account_id", "AC0123456789abcdef0123456789abcdef"));
    }

    [Theory]
    [InlineData(RecordingStatuses.Failed)]
    [InlineData(RecordingStatuses.Absent)]
    public async Task Consume_Failed_RowSaysWhy(string status)
    {
        var told = new Told();
        await catalog.TellAsync(told.Failed(status));

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", status), ("started_at", null), ("listed_at", "2026-03-01T09:30:35.123+00:00"));
        row["recording_metadata"].ShouldHave(("reason", "The stream carried no audio."), ("error_code", "16101"));
    }

    [Fact]
    public async Task Consume_ArchiveStarted_RowIsArchiving()
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured(), told.ArchiveStarted());

        (await catalog.RecordingAsync(told.Id)).ShouldHave(("status", "archiving"), ("sha256", Told.Sha256));
    }

    [Fact]
    public async Task Consume_Archived_RowIsCompletedAndNamesTheObject()
    {
        var told = new Told();
        await catalog.TellAsync(told.Started(), told.Captured(), told.ArchiveStarted(), told.Archived("recordings/a/b.wav"));

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", "completed"), ("s3_key", "recordings/a/b.wav"), ("s3_url", "file:///objects/recordings/a/b.wav"),
            ("file_path", $"{told.CallId}/mixed_1772357400.wav"), ("started_at", "2026-03-01T09:30:00.128+00:00"));
        row["recording_metadata"].ShouldHave(("store", "disk"), ("archived_at", "2026-03-01T09:30:37.123000Z"));
    }

    [Fact]
    public async Task Consume_ArchiveFailedThenArchived_RowIsCompletedAndKeepsTheReason()
    {
        var told = new Told();
        await catalog.TellAsync(told.ArchiveFailed());

        var failed = await catalog.RecordingAsync(told.Id);
        failed.ShouldHave(("status", "failed"));
        failed["recording_metadata"].ShouldHave(("reason", "The media node did not answer."), ("archive_attempts", 12));

        await catalog.TellAsync(told.Archived());
        var completed = await catalog.RecordingAsync(told.Id);
        completed.ShouldHave(("status", "completed"));
        completed["recording_metadata"].ShouldHave(("archive_attempts", 12));
    }

    [Fact]
    public async Task Consume_LateMessageOfLowerRank_FillsNullsAndMovesNothingBack()
    {
        var told = new Told();
        await catalog.TellAsync(told.Archived(), told.Started() with { SampleRate = 16000 });

        (await catalog.RecordingAsync(told.Id)).ShouldHave(
            ("status", "completed"), ("sample_rate", 8000), ("started_at", "2026-03-01T09:30:00.123+00:00"));
    }

    [Fact]
    public async Task Consume_Repetition_LeavesUpdatedAtAlone()
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured());
        var before = await catalog.RecordingAsync(told.Id);

        await catalog.TellAsync(told.Captured());
        JsonNode.DeepEquals(await catalog.RecordingAsync(told.Id), before).ShouldBeTrue();

        await catalog.TellAsync(told.ArchiveStarted());
        (await catalog.RecordingAsync(told.Id))["updated_at"]!.GetValue<string>().ShouldNotBe(before["updated_at"]!.GetValue<string>());
    }

    [Fact]
    public async Task Consume_CapturedWithFacts_RowHasThemInItsMetadata()
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured() with
        {
            Participant = "8:acs:0123",
            FramesReceived = 1498,
            FramesLost = 3,
            FramesLate = 4,
            FramesDuplicated = 5,
            GapCount = 6,
            GapMs = 60,
            CoverageMs = 29_960,
            FirstTimestampMs = 7,
            LastTimestampMs = 30_000,
            Peak = 32_124,
            Rms = 2345,
            ClippedSamples = 8,
            SilentMs = 9000,
            PausedMs = 1500,
        });

        var metadata = (await catalog.RecordingAsync(told.Id))["recording_metadata"];
        metadata.ShouldHave(("participant", "8:acs:0123"));
        JsonNode.DeepEquals(
            metadata!["facts"],
            JsonNode.Parse(
                """
                {"frames_received":1498,"frames_lost":3,"frames_late":4,"frames_duplicated":5,"gap_count":6,"gap_ms":60,"coverage_ms":29960,"coverage":0.998,
                 "first_timestamp_ms":7,"last_timestamp_ms":30000,"peak":32124,"rms":2345,"clipped_samples":8,"silent_ms":9000,"paused_ms":1500}
                """)).ShouldBeTrue(metadata.ToJsonString());
    }

    [Fact]
    public async Task Consume_CapturedWithoutFacts_RowHasNone()
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured());

        (await catalog.RecordingAsync(told.Id))["recording_metadata"]!.AsObject().Select(entry => entry.Key).ShouldBe(
            ["stream_id", "media_node", "recovered"], ignoreOrder: true);
    }

    [Fact]
    public async Task Consume_EveryMessageOfARecordingThatWantsNoRow_MakesNone()
    {
        var told = new Told();
        await catalog.TellAsync(
            told.Started() with { CreateDatabaseRecords = false },
            told.Captured() with { CreateDatabaseRecords = false },
            told.ProviderReady() with { CreateDatabaseRecords = false },
            told.Failed() with { CreateDatabaseRecords = false },
            told.ArchiveStarted() with { CreateDatabaseRecords = false },
            told.Archived() with { CreateDatabaseRecords = false },
            told.ArchiveFailed() with { CreateDatabaseRecords = false });

        (await catalog.RowAsync("recordings", "id", told.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task Consume_CapturedThatIsNotArchived_RowSaysSo()
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured() with { AutoSave = false, CreateDatabaseRecords = true });

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(("status", "captured"));
        row["recording_metadata"].ShouldHave(("auto_save", false));
    }

    [Fact]
    public async Task Consume_FurtherParticipant_HasATypeThatCanBeAskedFor()
    {
        var told = new Told { AssistantId = $"assistant-{Guid.NewGuid():N}" };
        await catalog.TellAsync(told.Captured() with { RecordingType = "participant3" });

        var page = JsonNode.Parse(await catalog.Client.GetStringAsync(
            new Uri($"/recordings?recording_type=participant3&assistant_id={told.AssistantId}", UriKind.Relative)))!;
        page["items"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("recording_type", "participant3"));
        using var unknown = await catalog.Client.GetAsync(new Uri("/recordings?recording_type=participant", UriKind.Relative));
        unknown.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }
}
