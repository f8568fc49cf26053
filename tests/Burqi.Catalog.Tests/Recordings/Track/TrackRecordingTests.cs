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
}
