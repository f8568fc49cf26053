using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Stores.Encryption;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>
/// An attempt puts the recording into the store and does not live to tell of it (the database refuses the outcome), and the next one finds that
/// the source is gone.
/// </summary>
public sealed class StoredButNotToldTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(2000);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["Archiver:MissingFileGrace"] = "00:00:00.001";
        Settings["Archiver:Twilio:NotReadyGrace"] = "00:00:00.001";
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Captured_SourceIsGone_WhatLiesInTheStoreIsTheRecording(bool isEncrypted)
    {
        if (isEncrypted)
        {
            EncryptionKeys.Set(Settings, "2026-03");
        }

        var message = Captured(_content);
        Peer.Answers[ContentPath(message.RecordingId)] = AnswerOnceAsync;
        await using var archiver = await StartDeafArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.EncryptionKeyId).ShouldBe((JobStatuses.Completed, isEncrypted ? "2026-03" : null));
        StoredFiles().ShouldContain(job.ObjectKey!);
        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        (archived.Sha256, archived.FileSize, archived.DurationMs, archived.Peak).ShouldBe((Wav.Sha256(_content), _content.Length, 2000, Wav.Peak(_content)));
        archiver.Published.Of<RecordingArchiveFailed>().ShouldBeEmpty();
    }

    /// <summary>Nobody announced a checksum: what the attempt wrote down before it stored anything decides.</summary>
    [Fact]
    public async Task ProviderFile_SourceIsGone_WhatLiesInTheStoreIsTheRecording()
    {
        var message = Ready() with { DurationMs = 2000, Channels = 1 };
        Peer.Answers[TwilioMediaPath] = AnswerOnceAsync;
        await using var archiver = await StartDeafArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.Sha256).ShouldBe((JobStatuses.Completed, Wav.Sha256(_content)), job.LastError);
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem().RecordingId.ShouldBe(message.RecordingId);
    }

    [Fact]
    public async Task Captured_SourceIsGoneAndSomethingElseLiesInTheStore_IsGivenUp()
    {
        var message = Captured(_content);
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 0)
            {
                var file = Path.Combine(ObjectsFolder, StoredFiles().ShouldHaveSingleItem());
                await File.WriteAllBytesAsync(file, Wav.Create(2000, seed: 7));
            }

            await AnswerOnceAsync(context, number);
        };
        await using var archiver = await StartDeafArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.LastFailure).ShouldBe((JobStatuses.Dead, nameof(TransferFailure.SourceGone)));
        archiver.Published.Of<RecordingArchived>().ShouldBeEmpty();
    }

    /// <summary>What the store cannot tell now it may tell later: until then nothing is given up.</summary>
    [Fact]
    public async Task Captured_SourceIsGoneAndTheStoreIsAway_IsGivenUpByNobody()
    {
        var message = Captured(_content);
        var away = Path.Combine(DataFolder, "away.wav");
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number == 1)
            {
                var file = Path.Combine(ObjectsFolder, StoredFiles().ShouldHaveSingleItem());
                File.Move(file, away);
                File.CreateSymbolicLink(file, away); // which the store refuses to follow
            }

            await AnswerOnceAsync(context, number);
        };
        await using var archiver = await StartDeafArchiverAsync();
        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job is { Attempts: > 2, LastFailure: nameof(TransferFailure.StoreUnavailable) });

        File.Move(away, Path.Combine(ObjectsFolder, job.ObjectKey!), overwrite: true);

        (await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null)).Status.ShouldBe(JobStatuses.Completed);
    }

    /// <summary>An archiver that cannot write down that a job is completed.</summary>
    private async Task<ArchiverHost> StartDeafArchiverAsync()
    {
        var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.store_states') is not null"));
        await ExecuteAsync(
            """
            create function archiver.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuse before update on archiver.jobs for each row when (new.status = 'completed') execute function archiver.refuse();
            """);
        return archiver;
    }

    /// <summary>The content, once; by the second time the outcome can be written down, and the source is gone.</summary>
    private async Task AnswerOnceAsync(HttpContext context, int number)
    {
        if (number == 0)
        {
            await HttpPeer.WriteAsync(context, _content);
            return;
        }

        await ExecuteAsync("drop trigger if exists refuse on archiver.jobs");
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
