using System.Net;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Cleanup;
using Burqi.Media.Content;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Cleanup;

public sealed class ArchiveNotesTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Archived_AsTheFileIs_IsNotedBesideIt()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = StoredRecording.Create(host.Folder);

        await TellAsync(host, News(manifest, RecordingTypes.User));

        var noted = await NotedAsync(host, manifest, RecordingTypes.User);
        noted.Archived.ShouldBe(new ArchivedFacts { Sha256 = noted.Sha256!, Store = "s3", ObjectKey = "recordings/key", ArchivedAt = At });
        noted.IsArchived.ShouldBeTrue();
        StoredRecording.Read(host.Folder, manifest).Recordings.Count(r => r.Archived is not null).ShouldBe(1);
    }

    [Fact]
    public async Task Archived_InASubfolder_IsFound()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = StoredRecording.Create(host.Folder, m =>
        {
            var moved = m with { Settings = LeftRecording.Settings with { RecordingsDir = "desk/front" } };
            Directory.CreateDirectory(Path.Combine(host.Folder, "desk", "front"));
            Directory.Move(m.Location.Folder(host.Folder), moved.Location.Folder(host.Folder));
            return moved;
        });

        await TellAsync(host, News(manifest, RecordingTypes.Mixed));

        await NotedAsync(host, manifest, RecordingTypes.Mixed);
    }

    [Fact]
    public async Task Archived_WithAnotherChecksumOrSize_IsNotNoted()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = StoredRecording.Create(host.Folder);

        await TellAsync(host, News(manifest, RecordingTypes.User) with { Sha256 = new string('0', 64) });
        await TellAsync(host, News(manifest, RecordingTypes.Assistant) with { FileSize = 999 });
        await TellAsync(host, News(manifest, RecordingTypes.Mixed));

        await NotedAsync(host, manifest, RecordingTypes.Mixed);
        StoredRecording.Read(host.Folder, manifest).Recordings.Where(r => r.RecordingType != RecordingTypes.Mixed).ShouldAllBe(r => r.Archived == null);
    }

    [Fact]
    public async Task Archived_ToldAgainAfterAMove_IsWhereItWasVerifiedLast()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = StoredRecording.Create(host.Folder);
        var moved = News(manifest, RecordingTypes.User) with { Store = "azure", ArchivedAt = At.AddMinutes(5) };

        await TellAsync(host, moved);
        await TellAsync(host, News(manifest, RecordingTypes.User));
        await TellAsync(host, News(manifest, RecordingTypes.Mixed));

        await NotedAsync(host, manifest, RecordingTypes.Mixed);
        (await NotedAsync(host, manifest, RecordingTypes.User)).Archived!.Store.ShouldBe("azure");
    }

    [Theory]
    [InlineData("../CA1/user_1.wav")]
    [InlineData("/etc/user_1.wav")]
    [InlineData("CA1/../../user_1.wav")]
    [InlineData("user_1.wav")]
    [InlineData("CA-of-another-node/user_1.wav")]
    [InlineData(null)]
    public async Task Archived_OfAFileThatIsNotOurs_IsPassedOver(string? path)
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = StoredRecording.Create(host.Folder);

        host.Services.GetRequiredService<ArchiveNotes>().Take(News(manifest, RecordingTypes.User) with { FilePath = path });

        StoredRecording.Read(host.Folder, manifest).Recordings.ShouldAllBe(r => r.Archived == null);
    }

    [Fact]
    public async Task Archived_BeforeTheAnnouncementIsWrittenDown_IsNotForgotten()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingStarted>().Length == 3);
        host.Messages.Fails = true;
        await driver.SendAsync(TestAudio.Noise(1, 200), TestAudio.Noise(2, 200));
        await driver.StopAsync();
        var manifest = await Eventually.ReturnsAsync(() => Task.FromResult(host.Manifests(driver.CallSid).FirstOrDefault(m => m.State == ManifestStates.Final)));

        Archive(host, manifest);
        host.Messages.Fails = false;

        (await host.AnnouncedAsync(driver.CallSid)).Recordings.ShouldAllBe(r => r.IsArchived);
    }

    [Fact]
    public async Task Removed_Recording_IsGoneForGoodAndNeverAnnouncedAgain()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(TestAudio.Noise(1, 200), TestAudio.Noise(2, 200));
        await driver.StopAsync();
        var manifest = await host.AnnouncedAsync(driver.CallSid);
        foreach (var recording in manifest.Recordings)
        {
            await TellAsync(host, News(manifest, recording.RecordingType));
            await NotedAsync(host, manifest, recording.RecordingType);
        }

        var (path, urls) = (manifest.Location.Manifest(host.Folder), host.Messages.Of<RecordingCaptured>().Select(m => new Uri(m.ContentUrl)).ToArray());
        var files = host.Services.GetRequiredService<LocalFiles>();
        manifest.Recordings.ShouldAllBe(r => files.Remove(path, r.RecordingId, RemovalReasons.Archived) > 0);
        await Eventually.BecomesTrueAsync(() => host.Services.GetRequiredService<RecordingIndex>().IsComplete);
        using var client = new HttpClient();
        foreach (var url in urls)
        {
            (await client.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        }

        await host.DisposeAsync();
        await using var next = await MediaHost.StartAsync(host.Folder);
        await Eventually.BecomesTrueAsync(() => next.Services.GetRequiredService<RecordingIndex>().IsComplete);
        foreach (var url in urls)
        {
            (await client.GetAsync(new Uri(next.Address, url.PathAndQuery))).StatusCode.ShouldBe(HttpStatusCode.Gone);
        }

        // Whatever was due to be told before this call's recordings has been told once they are.
        await using var other = await StreamDriver.StartAsync(next);
        await other.StopAsync();
        await next.AnnouncedAsync(other.CallSid);
        next.Messages.Of<RecordingStarted>(m => m.CallId == driver.CallSid).ShouldBeEmpty();
        next.Messages.Of<RecordingCaptured>(m => m.CallId == driver.CallSid).ShouldBeEmpty();
        StoredRecording.Files(host.Folder, manifest).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("media-1", "media-recording-archived.node-media-1")]
    [InlineData(" media-1 ", "media-recording-archived.node-media-1")]
    public void Queue_OfANamedNode_IsItsOwn(string node, string queue) => RecordingArchivedConsumerDefinition.QueueOf(node).ShouldBe(queue);

    [Fact]
    public void Queue_OfANodeWithAnyName_CanBearIt()
    {
        string[] nodes = ["Media-1", "media.1", "media_1", "media 1", "Ä", new string('a', 200), new string('a', 201)];
        var queues = nodes.Select(RecordingArchivedConsumerDefinition.QueueOf).ToArray();

        queues.ShouldBeUnique();
        queues.ShouldAllBe(queue => queue.Length < 128 && queue.StartsWith("media-recording-archived.node-", StringComparison.Ordinal)
            && queue.Skip("media-recording-archived.".Length).All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
    }

    [Fact]
    public void Queue_OfANodeWithoutAName_IsNewAtEachStart() =>
        RecordingArchivedConsumerDefinition.QueueOf(" ").ShouldNotBe(RecordingArchivedConsumerDefinition.QueueOf(null));

    /// <summary>Tells the host of all of a stream's recordings that they lie in the store.</summary>
    internal static void Archive(MediaHost host, RecordingManifest manifest)
    {
        foreach (var recording in manifest.Recordings)
        {
            host.Services.GetRequiredService<ArchiveNotes>().Take(News(manifest, recording.RecordingType));
        }
    }

    private static Task TellAsync(MediaHost host, RecordingArchived news) => host.Services.GetRequiredService<IBus>().Publish(news);

    private static Task<ManifestRecording> NotedAsync(MediaHost host, RecordingManifest manifest, string type) => Eventually.ReturnsAsync(() => Task.FromResult(
        StoredRecording.Read(host.Folder, manifest).Recordings.SingleOrDefault(r => r.RecordingType == type && r.Archived is not null)));

    private static RecordingArchived News(RecordingManifest manifest, string type)
    {
        var recording = manifest.Recordings.Single(r => r.RecordingType == type);
        return new RecordingArchived
        {
            RecordingId = recording.RecordingId,
            Provider = Providers.Twilio,
            CallId = manifest.CallId,
            RecordingType = type,
            RecordingSource = RecordingSources.Local,
            Format = recording.Format,
            SampleRate = recording.SampleRate,
            Channels = recording.Channels,
            FileSize = recording.FileSize!.Value,
            Sha256 = recording.Sha256!,
            Store = "s3",
            ObjectKey = "recordings/key",
            ObjectUrl = "s3://bucket/recordings/key",
            FilePath = manifest.Location.RelativePath(recording),
            ArchivedAt = At,
        };
    }
}
