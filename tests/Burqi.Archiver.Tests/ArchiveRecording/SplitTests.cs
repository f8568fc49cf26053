using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Identity;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>A dual file of the provider's becomes one file for each side, besides.</summary>
public sealed class SplitTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(20_000, channels: 2); // a few blocks, the last one not full

    [Theory]
    [InlineData(null, "StartCallRecordingTwiML", "user", "assistant")]
    [InlineData("assistant,user", "StartCallRecordingTwiML", "assistant", "user")]
    [InlineData("user,assistant;Trunking=assistant,user", "Trunking", "assistant", "user")]
    [InlineData("Trunking = assistant , user ; DialVerb=none", "OutboundAPI", "user", "assistant")]
    [InlineData("none;trunking=assistant,user", "Trunking", "assistant", "user")]
    [InlineData("assistant,user", null, "assistant", "user")]
    public async Task Archived_FileOfTwoChannels_IsSplitByTheMapOfItsSource(string? map, string? origin, string first, string second)
    {
        Settings["TWILIO_CHANNEL_MAP"] = map;
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready() with { DurationMs = 20_000, Origin = origin, AssistantId = "front-desk", CreateDatabaseRecords = false };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await SplitAsync(message, first, job => job.OutcomeAnnouncedAt is not null);
        await SplitAsync(message, second, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().Where(one => one.SplitFrom is not null).ToDictionary(one => one.RecordingType);
        archived.Keys.ShouldBe(["user", "assistant"], ignoreOrder: true);
        foreach (var (type, channel) in new[] { (first, 1), (second, 2) })
        {
            var expected = Wav.Channel(_content, channel);
            var split = archived[type];
            split.ShouldBe(new RecordingArchived
            {
                RecordingId = RecordingId.Create("twilio", CallSid, RecordingSid, type),
                Provider = message.Provider,
                CallId = message.CallId,
                RecordingType = type,
                RecordingSource = RecordingSources.Twilio,
                ProviderRecordingId = RecordingSid,
                AssistantId = "front-desk",
                Format = "wav",
                SampleRate = 8000,
                Channels = 1,
                DurationMs = 20_000,
                FileSize = expected.Length,
                Sha256 = Wav.Sha256(expected),
                Store = "disk",
                ObjectKey = $"recordings/2026/11/20/{CallSid}/{CallSid}_{RecordingSid}_{type}.wav",
                ObjectUrl = split.ObjectUrl,
                StartedAt = StartedAt,
                EndedAt = StartedAt.AddSeconds(20),
                ArchivedAt = split.ArchivedAt,
                CreateDatabaseRecords = false,
                Peak = Wav.Peak(expected),
                SilentChannels = 0,
                Origin = origin,
                SplitFrom = message.RecordingId,
                SplitChannel = channel,
            });
            (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, split.ObjectKey))).ShouldBe(expected);
        }

        Peer.Seen.ShouldHaveSingleItem(); // what is split is ours already
        (await ScalarAsync<Guid[]>("select array_agg(recording_id) from archiver.jobs where step = 'archive'")).ShouldBe([message.RecordingId]); // all that an older release takes up
        StoredFiles().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("none", "StartCallRecordingTwiML", 2)]
    [InlineData("user,assistant;Conference=none", "Conference", 2)]
    [InlineData(null, "RecordVerb", 1)]
    public async Task Archived_FileThatMustNotBeSplit_IsNot(string? map, string origin, int channels)
    {
        Settings["TWILIO_CHANNEL_MAP"] = map;
        Peer.Serve(TwilioMediaPath, Wav.Create(1000, channels));
        var message = Ready() with { Origin = origin, Channels = channels };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (await ScalarAsync<long>("select count(*) from archiver.jobs where step <> 'waveform'")).ShouldBe(1); // what follows is written with the outcome or never
        StoredFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Archived_RecordingOfOurOwnWithTwoChannels_IsNotSplit()
    {
        var message = Captured(_content, RecordingTypes.Mixed) with { Channels = 2 };
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (await ScalarAsync<long>("select count(*) from archiver.jobs where step <> 'waveform'")).ShouldBe(1);
    }

    [Fact]
    public async Task Archived_ASideThatItsAssistantDoesNotWantForItself_IsNotSplitOff()
    {
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready() with { DurationMs = 20_000, AssistantId = "front-desk" };
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant("front-desk") with { RecordUserAudio = false });

        await archiver.PublishAsync(message);
        await SplitAsync(message, RecordingTypes.Assistant, job => job.Status == JobStatuses.Completed);

        (await ScalarAsync<string[]>("select array_agg(recording_type order by recording_type) from archiver.jobs where step <> 'waveform'")).ShouldBe(["assistant", "provider"]);
    }

    [Fact]
    public async Task Ready_AnErrorPage_IsNeitherStoredNorSplit()
    {
        Peer.Answers[TwilioMediaPath] = (context, _) => context.Response.WriteAsync("<html>Please come back later</html>");
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 2 });

        (await ScalarAsync<long>("select count(*) from archiver.jobs where step <> 'waveform'")).ShouldBe(1);
        StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Ready_Repeated_IsSplitOnce()
    {
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready() with { DurationMs = 20_000 };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await SplitAsync(message, RecordingTypes.User, job => job.OutcomeAnnouncedAt is not null);
        await SplitAsync(message, RecordingTypes.Assistant, job => job.OutcomeAnnouncedAt is not null);
        await archiver.PublishAsync(message);

        // As if it had been archived once more, by whoever took the job for lost.
        await ExecuteAsync("update archiver.jobs set status = 'waiting', next_attempt_at = now(), outcome_announced_at = null where recording_type = 'provider'");
        await JobAsync(message.RecordingId, job => job is { OutcomeAnnouncedAt: not null, Attempts: 2 });

        (await ScalarAsync<long>("select count(*) from archiver.jobs where step <> 'waveform'")).ShouldBe(3);
        (await ScalarAsync<long>("select sum(attempts) from archiver.jobs where split_from is not null")).ShouldBe(2);
        archiver.Published.Of<RecordingArchived>().Count(one => one.SplitFrom is not null).ShouldBe(2);
    }

    [Fact]
    public async Task Split_ObjectIsNoLongerWhatWasStored_StoresNothingAndSaysWhy()
    {
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready() with { DurationMs = 20_000 };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        var stored = Path.Combine(ObjectsFolder, (await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed)).ObjectKey!);
        await SplitAsync(message, RecordingTypes.User, job => job.Status == JobStatuses.Completed);
        var split = await SplitAsync(message, RecordingTypes.Assistant, job => job.Status == JobStatuses.Completed);
        File.Delete(Path.Combine(ObjectsFolder, split.ObjectKey!));

        foreach (var (damage, complaint) in new (Action, string)[]
        {
            (() => File.WriteAllBytes(stored, [.. _content[..^2], 1, 2]), "The recording that is to be split is not what was stored."),
            (() => File.WriteAllBytes(stored, _content[..^100]), "The recording that is to be split is not what was stored."),
            (() => File.WriteAllBytes(stored, [.. _content, 0, 0]), "The recording that is to be split is not what was stored."),
            (() => File.Delete(stored), "The store does not have the recording that is to be split."),
        })
        {
            damage();
            await ExecuteAsync("update archiver.jobs set status = 'waiting', next_attempt_at = now(), attempts = 0, last_error = null where recording_type = 'assistant'");
            var failed = await SplitAsync(message, RecordingTypes.Assistant, job => job is { Status: JobStatuses.Waiting, Attempts: > 0, LastError: not null });
            failed.LastError.ShouldBe(complaint);
            File.Exists(Path.Combine(ObjectsFolder, split.ObjectKey!)).ShouldBeFalse();
            await ExecuteAsync("update archiver.jobs set next_attempt_at = now() + interval '1 hour' where recording_type = 'assistant'");
            await SplitAsync(message, RecordingTypes.Assistant, job => job.Status == JobStatuses.Waiting);
        }

        await File.WriteAllBytesAsync(stored, _content);
        await ExecuteAsync("update archiver.jobs set next_attempt_at = now() where recording_type = 'assistant'");
        (await SplitAsync(message, RecordingTypes.Assistant, job => job.Status == JobStatuses.Completed)).Sha256.ShouldBe(Wav.Sha256(Wav.Channel(_content, 2)));
    }

    [Fact]
    public async Task Kill_BetweenTheRecordingAndItsChannels_NextProcessSplitsIt()
    {
        // The channels of this one lie under keys that no file can be written to yet.
        var folder = Directory.CreateDirectory(Path.Combine(ObjectsFolder, $"recordings/2026/11/20/{CallSid}"));
        string[] blocked = [.. new[] { "user", "assistant" }.Select(type => Path.Combine(folder.FullName, $"{CallSid}_{RecordingSid}_{type}.wav"))];
        Array.ForEach(blocked, path => Directory.CreateDirectory(Path.Combine(path, "occupied")));
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready() with { DurationMs = 20_000 };
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(message);
            await SplitAsync(message, RecordingTypes.User, job => job.LastFailure == nameof(TransferFailure.StoreUnavailable));
        }

        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await ExecuteAsync("update archiver.jobs set attempts = 0 where split_from is not null");
            await SplitAsync(message, RecordingTypes.User, job => job.Attempts > 0);
            await first.KillAsync();
        }

        Array.ForEach(blocked, path => Directory.Delete(path, recursive: true));
        await using var second = await ArchiverProcess.StartAsync(Settings);

        foreach (var (type, channel) in new[] { (RecordingTypes.User, 1), (RecordingTypes.Assistant, 2) })
        {
            var split = await SplitAsync(message, type, job => job.OutcomeAnnouncedAt is not null);
            (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, split.ObjectKey!))).ShouldBe(Wav.Channel(_content, channel));
        }
    }
}
