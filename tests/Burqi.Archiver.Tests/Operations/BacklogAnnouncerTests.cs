using System.Text.Json.Nodes;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Operations;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Operations;

public sealed class BacklogAnnouncerTests : ArchiverTest
{
    private const string Jobs =
        """
        insert into archiver.jobs (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details,
            object_key, attempts, next_attempt_at, last_failure, last_error, created_at, finished_at, dismissed_at, lease_id, lease_expires_at)
        values
            (gen_random_uuid(), gen_random_uuid(), 'archive', 'dead', 'twilio', 'CA-dead', 'user', 'local', 'media_node', '{}',
                'recordings/dead', 9, now(), 'Gone', 'The file is gone.', now() - interval '2 days', now(), null, null, null),
            (gen_random_uuid(), gen_random_uuid(), 'archive', 'dead', 'twilio', 'CA-dismissed', 'user', 'local', 'media_node', '{}',
                'recordings/dismissed', 9, now(), 'Gone', 'The file is gone.', now() - interval '3 days', now(), now(), null, null),
            (gen_random_uuid(), gen_random_uuid(), 'archive', 'waiting', 'twilio', 'CA-late', 'user', 'local', 'media_node', '{}',
                'recordings/late', 3, now() + interval '1 hour', 'Unreachable', 'Nobody answers.', now() - interval '1 hour', null, null, null, null),
            (gen_random_uuid(), gen_random_uuid(), 'archive', 'waiting', 'twilio', 'CA-new', 'user', 'local', 'media_node', '{}',
                'recordings/new', 1, now() + interval '1 hour', null, null, now() - interval '1 minute', null, null, null, null),
            (gen_random_uuid(), gen_random_uuid(), 'delete-at-provider', 'waiting', 'twilio', 'CA-some-day', 'provider', 'twilio', 'twilio', '{}',
                'recordings/some-day', 0, now() + interval '30 days', null, null, now() - interval '1 day', null, null, null, null)
        """;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["Archiver:ReportInterval"] = "00:00:00.100";
    }

    [Fact]
    public async Task Jobs_GivenUpOrLate_AreToldAsStuckOldestFirst()
    {
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ArchiveBacklogReported>().Count > 0);
        await ExecuteAsync(Jobs);

        var report = await Eventually.ReturnsAsync(() =>
            Task.FromResult(archiver.Published.Of<ArchiveBacklogReported>().FirstOrDefault(report => report is { Dead: 1, Waiting: 2 })));

        report.Running.ShouldBe(0);
        report.OldestWaitingSeconds.ShouldNotBeNull();
        report.OpenBreakers.ShouldBeNull();
        report.Store.ShouldBe("disk");
        report.StoreTotalBytes.ShouldNotBeNull().ShouldBeGreaterThan(report.StoreFreeBytes.ShouldNotBeNull());
        var stuck = JsonNode.Parse(report.StuckJobs)!.AsArray();
        stuck.Select(job => job!["call_id"]!.GetValue<string>()).ShouldBe(["CA-dead", "CA-late"]);
        stuck[0]!["state"]!.GetValue<string>().ShouldBe("dead");
        stuck[0]!["error"]!.GetValue<string>().ShouldBe("The file is gone.");
        stuck[0]!["attempts"]!.GetValue<int>().ShouldBe(9);
    }

    [Fact]
    public async Task Replicas_OfWhichOneStops_TellOneAtATimeAndGoOn()
    {
        await using var second = await StartBothAndStopTheFirstAsync();

        var before = second.Published.Of<ArchiveBacklogReported>().Count;
        await Eventually.BecomesTrueAsync(() => second.Published.Of<ArchiveBacklogReported>().Count > before);
    }

    private async Task<ArchiverHost> StartBothAndStopTheFirstAsync()
    {
        await using var first = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => first.Published.Of<ArchiveBacklogReported>().Count > 0);
        var second = await StartArchiverAsync();
        var told = first.Published.Of<ArchiveBacklogReported>().Count;
        await Eventually.BecomesTrueAsync(() => first.Published.Of<ArchiveBacklogReported>().Count > told + 3);
        second.Published.Of<ArchiveBacklogReported>().ShouldBeEmpty();
        return second;
    }
}
