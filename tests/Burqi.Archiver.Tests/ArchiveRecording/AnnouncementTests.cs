using System.Diagnostics;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class AnnouncementTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(500);

    [Fact]
    public async Task Announce_BrokerConfirmsNothing_ArchivesAllTheSameAndSaysSoLater()
    {
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();
        archiver.Published.Outage = true;

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Refused >= 3);
        (await JobAsync(message.RecordingId))!.OutcomeAnnouncedAt.ShouldBeNull();
        archiver.Published.Outage = false;
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Of<RecordingArchiveStarted>().Count.ShouldBe(1);
        archiver.Published.Of<RecordingArchived>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Announce_ProcessStartsAgain_RepeatsTheLastHourWordForWord()
    {
        var (recent, old) = (Captured(_content), Captured(_content, RecordingTypes.Mixed));
        Peer.Serve(ContentPath(recent.RecordingId), _content);
        Peer.Serve(ContentPath(old.RecordingId), _content);
        RecordingArchived said;
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(recent);
            await archiver.PublishAsync(old);
            await JobAsync(recent.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            await JobAsync(old.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            said = archiver.Published.Of<RecordingArchived>().Single(archived => archived.RecordingId == recent.RecordingId);
        }

        // The process was away for two days: the hour counts back from the last announcement.
        await ExecuteAsync(
            $"""
            update archiver.jobs
            set (started_announced_at, outcome_announced_at, updated_at) = (
                select said_at, said_at, said_at
                from (select now() - interval '2 days' - case recording_id when '{old.RecordingId}' then interval '61 minutes' else interval '0' end as said_at) as said)
            """);

        await using var again = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => again.Published.Of<RecordingArchived>().Count == 1);
        await JobAsync(recent.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        again.Published.Of<RecordingArchived>().ShouldHaveSingleItem().ShouldBe(said);
        again.Published.Of<RecordingArchiveStarted>().ShouldHaveSingleItem().RecordingId.ShouldBe(recent.RecordingId);
        Peer.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Announce_ProcessDiedOverIt_TheNextOneSaysItAtOnce()
    {
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(message);
            await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        }

        await ExecuteAsync("update archiver.jobs set outcome_announced_at = null, announcing_until = now() + interval '1 hour'");
        await using var other = await StartArchiverAsync();

        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        other.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Archive_MessageCameWithATrace_WorkAndAnnouncementBelongToIt()
    {
        var seen = new List<(string Name, ActivityTraceId Trace)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Burqi.Archiver" or "MassTransit",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (seen)
                {
                    seen.Add((activity.OperationName, activity.TraceId));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();

        using var webhook = new Activity("webhook").Start();
        await archiver.PublishAsync(message);
        webhook.Stop();
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Traceparent.ShouldNotBeNull().ShouldContain(webhook.TraceId.ToString());
        lock (seen)
        {
            seen.ShouldContain(("archive recording", webhook.TraceId));
            seen.ShouldContain(("announce recording", webhook.TraceId));
        }
    }
}
