using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Waveforms;

/// <summary>What is archived has its outline told, and nothing that goes wrong with that harms the recording.</summary>
public sealed class WaveformTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(1000);

    [Fact]
    public async Task Archived_Wav_ItsWaveformIsTold()
    {
        var captured = Captured(_content) with { AssistantId = "front-desk" };
        Peer.Serve(ContentPath(captured.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(captured);
        var job = await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var told = archiver.Published.Of<RecordingWaveformComputed>().ShouldHaveSingleItem();
        told.ShouldBe(new RecordingWaveformComputed
        {
            RecordingId = captured.RecordingId,
            Provider = captured.Provider,
            CallId = captured.CallId,
            RecordingType = captured.RecordingType,
            RecordingSource = captured.RecordingSource,
            AssistantId = "front-desk",
            Sha256 = captured.Sha256,
            DurationMs = 1000,
            Channels = 1,
            Points = 50,
            Peaks = told.Peaks,
            ComputedAt = new DateTimeOffset(job.FinishedAt!.Value, TimeSpan.Zero),
        });
        var peaks = Convert.FromBase64String(told.Peaks);
        peaks.Length.ShouldBe(50);
        ((int)peaks.Max()).ShouldBe((Wav.Peak(_content) * 255 + 16384) / 32768);
    }

    [Fact]
    public async Task Archived_NoRowWanted_HasNoWaveform()
    {
        var captured = Captured(_content) with { CreateDatabaseRecords = false };
        Peer.Serve(ContentPath(captured.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (await JobAsync(captured.RecordingId, JobSteps.Waveform)).ShouldBeNull();
    }

    [Fact]
    public async Task Archived_SamplesOfAnUnknownKind_IsANoteAndNoFailure()
    {
        var content = _content.ToArray();
        content[34] = 12; // bits
        content[20] = 2; // ADPCM
        var captured = Captured(content);
        Peer.Serve(ContentPath(captured.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(captured);
        var job = await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Completed);
        job.Note.ShouldNotBeNull().ShouldContain("format 2");
        archiver.Published.Of<RecordingWaveformComputed>().ShouldBeEmpty();
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Archived_StoreLosesTheObject_IsTriedAgainUntilItIsBack()
    {
        var captured = Captured(_content);
        Peer.Serve(ContentPath(captured.RecordingId), _content);
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(captured);
            await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            var path = Path.Combine(ObjectsFolder, (await JobAsync(captured.RecordingId)).ShouldNotBeNull().ObjectKey!);
            File.Move(path, path + ".away");
            await ExecuteAsync("update archiver.jobs set status = 'waiting', next_attempt_at = now() where step = 'waveform'");

            (await WaveformAsync(captured.RecordingId, job => job.Attempts > 2)).LastError.ShouldBe("The store does not have the recording whose waveform is to be computed.");
            File.Move(path + ".away", path);

            await WaveformAsync(captured.RecordingId, job => job is { Status: JobStatuses.Completed, Note: null });
        }
    }

    [Fact]
    public async Task Migrated_RecordingsArchivedBefore_GetOne()
    {
        var (before, cold, unknown) = (Captured(_content), Captured(_content, RecordingTypes.Assistant), Captured(_content, RecordingTypes.Mixed) with { CreateDatabaseRecords = false });
        foreach (var captured in (RecordingCaptured[])[before, cold, unknown])
        {
            Peer.Serve(ContentPath(captured.RecordingId), _content);
        }

        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(before);
            await archiver.PublishAsync(cold);
            await archiver.PublishAsync(unknown);
            await WaveformAsync(before.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            await WaveformAsync(cold.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            await JobAsync(unknown.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        }

        // As it was before there were any; what lies in another tier is not read.
        await ExecuteAsync(
            $"""
            update archiver.jobs set step = 'set-tier', note = 'done' where step = 'waveform' and recording_id = '{cold.RecordingId}';
            delete from archiver.jobs where step = 'waveform';
            delete from archiver.migrations where name = '0014_waveforms_of_before_online';
            """);
        await using var next = await StartArchiverAsync();

        var job = await WaveformAsync(before.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.Note).ShouldBe((JobStatuses.Completed, null));
        next.Published.Of<RecordingWaveformComputed>().ShouldContain(told => told.RecordingId == before.RecordingId && told.Sha256 == before.Sha256);
        (await ScalarAsync<long>("select count(*) from archiver.jobs where step = 'waveform'")).ShouldBe(1);
    }

    [Fact]
    public async Task Taken_ByAWorkerThatDiedOfItThrice_IsGivenUp()
    {
        var captured = Captured(_content);
        Peer.Serve(ContentPath(captured.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await ExecuteAsync("update archiver.jobs set status = 'waiting', attempts = 3, next_attempt_at = now() where step = 'waveform'");

        (await WaveformAsync(captured.RecordingId, job => job.Note is not null)).Status.ShouldBe(JobStatuses.Completed);
    }

    [Fact]
    public async Task Deleted_RecordingWithAWaveform_NothingIsToldOfItAnyMore()
    {
        var captured = Captured(_content);
        Peer.Serve(ContentPath(captured.RecordingId), _content);
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(captured);
            await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            Peer.Answers[ContentPath(captured.RecordingId)] = (context, _) =>
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            };
            await archiver.PublishAsync(new RecordingDeletionRequested
            {
                RecordingId = captured.RecordingId,
                Provider = captured.Provider,
                CallId = captured.CallId,
                RecordingType = captured.RecordingType,
                RecordingSource = captured.RecordingSource,
                DeletionId = Guid.CreateVersion7(),
                Reason = "request",
                RequestedAt = DateTimeOffset.UnixEpoch,
            });
            await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingDeleted>().Count == 1);
        }

        // On its start it says again what it said within the hour.
        await using var next = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => next.Published.Of<RecordingDeleted>().Count == 1);
        await WaveformAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        next.Published.Of<RecordingWaveformComputed>().ShouldBeEmpty();
        (await WaveformAsync(captured.RecordingId, _ => true)).SourceDetails.ShouldBe("{}");
    }

    private Task<ArchiveJob> WaveformAsync(Guid recordingId, Func<ArchiveJob, bool> condition) =>
        Eventually.ReturnsAsync(async () => await JobAsync(recordingId, JobSteps.Waveform) is { } job && condition(job) ? job : null);
}
