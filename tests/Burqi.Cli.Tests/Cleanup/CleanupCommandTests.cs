using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Cli.Cleanup;
using Burqi.Cli.Tests.Api;
using Burqi.Hosting.Processes;
using Burqi.Media;
using Burqi.Media.Cleanup;
using Burqi.Media.Spool;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Cli.Tests.Cleanup;

public sealed class CleanupCommandTests
{
    private const int Bytes = 2000;

    private static readonly DateTimeOffset LongAgo = new(2026, 3, 4, 5, 7, 8, TimeSpan.Zero);

    private readonly string _folder = TestFolder.Create("cleanup");

    [Fact]
    public async Task Archived_AndOldEnough_GoesAndLeavesATombstone()
    {
        var archived = Write("CA1", Archived);
        var young = Write("CA2", manifest => Archived(manifest with { EndedAt = TimeProvider.System.GetUtcNow() }));

        (await RunAsync("--older-than", "30d")).ShouldBe(0);
        (await RunAsync("--older-than", "30d")).ShouldBe(0, "a tombstone is nothing to be found again");

        FilesOf(archived).ShouldBeEmpty();
        FilesOf(young).Length.ShouldBe(2);
        var tombstone = Read(archived);
        tombstone.State.ShouldBe(ManifestStates.Removed);
        tombstone.Recordings.ShouldAllBe(r => r.RemovedBecause == RemovalReasons.Archived && r.RemovedAt != null && r.Sha256 != null);
        (await BurqiCommand.RunAsync(["verify", Path.Combine(_folder, "CA1")])).ShouldBe(0, "nothing of it is missing");
    }

    [Fact]
    public async Task DryRun_RemovesNothingAndSaysWhatWould()
    {
        var archived = Write("CA1", Archived);

        (await RunAsync("--older-than", "30d", "--dry-run")).ShouldBe(0);

        FilesOf(archived).Length.ShouldBe(2);
        Read(archived).State.ShouldBe(ManifestStates.Announced);
        var results = await LookAsync(removes: false);
        results.Select(result => (result.Outcome, result.Path, result.Bytes)).ShouldBe(
            [(CleanupOutcome.Archived, "CA1/user_1772600000.wav", Bytes), (CleanupOutcome.Archived, "CA1/assistant_1772600000.wav", Bytes)]);
    }

    [Theory]
    [InlineData("not archived")]
    [InlineData("another checksum")]
    [InlineData("changed")]
    [InlineData("not announced")]
    [InlineData("failed")]
    [InlineData("left unarchived by its assistant")]
    public async Task WhatIsNotArchivedAndVerified_StaysUnlessForced(string what)
    {
        var kept = Write("CA1", manifest => what switch
        {
            "changed" => Archived(manifest),
            "another checksum" => Archived(manifest) with { Recordings = [.. Archived(manifest).Recordings.Select(r => r with { Archived = r.Archived! with { Sha256 = new string('0', 64) } })] },
            "not announced" => manifest with { State = ManifestStates.Final, AnnouncedAt = null },
            "failed" => manifest with { Recordings = [.. manifest.Recordings.Select(r => r with { Failure = "The disk was full.", FailedAt = LongAgo })] },
            _ => manifest,
        });
        if (what == "changed")
        {
            foreach (var file in FilesOf(kept))
            {
                var content = File.ReadAllBytes(file);
                content[100]++;
                File.WriteAllBytes(file, content);
            }
        }

        (await RunAsync("--older-than", "30d")).ShouldBe(1);
        FilesOf(kept).Length.ShouldBe(2);

        (await RunAsync("--older-than", "30d", "--force", "--dry-run")).ShouldBe(0);
        FilesOf(kept).Length.ShouldBe(2);

        (await RunAsync("--older-than", "30d", "--force", "--yes")).ShouldBe(0);
        FilesOf(kept).ShouldBeEmpty();
        Read(kept).State.ShouldBe(ManifestStates.Removed);
        Read(kept).Recordings.ShouldAllBe(r => r.RemovedBecause == RemovalReasons.Forced);
    }

    [Fact]
    public async Task Force_WhereNobodyCanBeAsked_RemovesNothing()
    {
        var archived = Write("CA1", Archived);
        var kept = Write("CA2");

        // A process of its own, since these tests may have a terminal.
        await using var process = await ChildProcess.StartAsync(new ChildProcessStart(
            "dotnet", Path.Combine(AppContext.BaseDirectory, "burqi.dll"), "cleanup", "--older-than", "30d", "--recordings", _folder, "--force"));
        (await process.Exited.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe(2);

        FilesOf(kept).Length.ShouldBe(2);
        FilesOf(archived).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(ManifestStates.Recording)]
    [InlineData(ManifestStates.Captured)]
    public async Task LiveCall_KeepsAllItsFilesEvenIfForced(string state)
    {
        var archived = Write("CA1", Archived);
        var live = Write("CA1", manifest => manifest with { State = state, Unix = manifest.Unix + 1, EndedAt = null });

        (await RunAsync("--older-than", "1m", "--force", "--yes")).ShouldBe(1);

        FilesOf(archived).Length.ShouldBe(4);
        Read(live).State.ShouldBe(state);
        Read(archived).State.ShouldBe(ManifestStates.Announced);
    }

    [Fact]
    public async Task Files_OfNoManifest_AreNeverTouched()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "CA1"));
        var stranger = Path.Combine(_folder, "CA1", "user_1.wav");
        File.WriteAllBytes(stranger, new byte[10]);
        var unreadable = Path.Combine(_folder, "CA1", "manifest_1.json");
        File.WriteAllText(unreadable, "{");

        (await RunAsync("--older-than", "0d", "--force", "--yes")).ShouldBe(1, "there is a manifest that nobody can read");

        File.Exists(stranger).ShouldBeTrue();
        File.ReadAllText(unreadable).ShouldBe("{");
    }

    [Fact]
    public async Task Burqi_WhereItIsGiven_IsAskedAboutWhatTheNodeNeverHeard()
    {
        var known = Write("CA1");
        var upgraded = Write("CA2");
        var damaged = Write("CA3");
        var onItsWay = Write("CA4");
        var unknown = Write("CA5");
        await using var stub = await StubApi.StartAsync((context, _) =>
        {
            var id = Guid.Parse(context.Request.Path.Value!.Split('/')[^1]);
            var manifest = new[] { known, upgraded, damaged, onItsWay, unknown }.Single(m => m.Recordings.Any(r => r.RecordingId == id));
            var sha256 = manifest.Recordings.Single(r => r.RecordingId == id).Sha256;
            return manifest.CallId switch
            {
                "CA1" => Answer("completed", sha256, """{"store":"s3","archived_at":"2026-03-04T06:00:00Z"}"""),
                "CA2" => Answer("completed", new string('1', 64), $$"""{"store":"s3","local_status":"completed","local_sha256":"{{sha256}}","local_store":"azure","local_s3_key":"recordings/local"}"""),
                "CA3" => Answer("completed", new string('2', 64), "{}"),
                "CA4" => Answer("archiving", sha256, "{}"),
                _ => StubApi.WriteAsync(context, 404, "{}"),
            };

            Task Answer(string status, string? sha, string metadata) =>
                StubApi.WriteAsync(context, 200, $$"""{"id":"{{id}}","status":"{{status}}","sha256":"{{sha}}","s3_key":"recordings/key","recording_metadata":{{metadata}}}""");
        });

        (await RunAsync("--older-than", "30d", "--url", stub.Url, "--key", StubApi.Key)).ShouldBe(1);

        FilesOf(known).ShouldBeEmpty();
        Read(known).Recordings.ShouldAllBe(r => r.Archived == new ArchivedFacts { Sha256 = r.Sha256!, Store = "s3", ObjectKey = "recordings/key", ArchivedAt = new DateTimeOffset(2026, 3, 4, 6, 0, 0, TimeSpan.Zero) });
        FilesOf(upgraded).ShouldBeEmpty();
        Read(upgraded).Recordings.ShouldAllBe(r => r.Archived!.Store == "azure" && r.Archived.ObjectKey == "recordings/local");
        new[] { damaged, onItsWay, unknown }.ShouldAllBe(manifest => FilesOf(manifest).Length == 2);
    }

    [Fact]
    public async Task Burqi_ThatCannotBeAsked_Is2()
    {
        var kept = Write("CA1");

        (await RunAsync("--older-than", "30d", "--url", "http://127.0.0.1:1", "--key", "key-of-the-tools-tests")).ShouldBe(2);

        FilesOf(kept).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Node_RunningBesideIt_LosesNothingThatItNotes()
    {
        var manifests = Enumerable.Range(0, 20).Select(i => Write($"CA{i}", Archived)).ToList();
        using var owned = new FileStream(Path.Combine(_folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var store = new ManifestStore(Options.Create(new MediaOptions { RecordingsDir = _folder }));
        using var node = new ManifestEditor(store, TimeProvider.System);
        var later = LongAgo.AddYears(1);

        var noting = Task.Run(() => manifests.ForEach(manifest => node.Change(manifest.Location.Manifest(_folder), stored => stored with { AnnouncedAt = later })));
        (await RunAsync("--older-than", "30d")).ShouldBe(0);
        await noting;

        manifests.ShouldAllBe(manifest => Read(manifest).State == ManifestStates.Removed && Read(manifest).AnnouncedAt == later);
    }

    [Theory]
    [InlineData("30d", 30 * 24 * 60)]
    [InlineData("12h", 12 * 60)]
    [InlineData("90m", 90)]
    [InlineData("2w", 14 * 24 * 60)]
    [InlineData("0d", 0)]
    [InlineData("30", null)]
    [InlineData("d", null)]
    [InlineData("-1d", null)]
    [InlineData("1.5d", null)]
    [InlineData("99999999w", null)]
    public void Age_AsOperatorsWriteIt_IsRead(string text, int? minutes) => Age.Parse(text).ShouldBe(minutes is { } known ? TimeSpan.FromMinutes(known) : null);

    [Theory]
    [InlineData("cleanup")]
    [InlineData("cleanup", "--older-than", "soon")]
    [InlineData("cleanup", "--older-than", "30d", "--recordings", "/nowhere/at/all")]
    public async Task Run_NotUnderstood_Is2(params string[] arguments) => (await BurqiCommand.RunAsync(arguments)).ShouldBe(2);

    private static RecordingManifest Archived(RecordingManifest manifest) => manifest with
    {
        Recordings = [.. manifest.Recordings.Select(r => r with { Archived = new ArchivedFacts { Sha256 = r.Sha256!, Store = "s3", ObjectKey = "recordings/key", ArchivedAt = LongAgo } })],
    };

    private Task<int> RunAsync(params string[] arguments) => BurqiCommand.RunAsync(["cleanup", "--recordings", _folder, .. arguments]);

    private async Task<List<CleanupResult>> LookAsync(bool removes)
    {
        var store = new ManifestStore(Options.Create(new MediaOptions { RecordingsDir = _folder }));
        using var editor = new ManifestEditor(store, TimeProvider.System);
        var cleanup = new FolderCleanup(store, new LocalFiles(store, editor, TimeProvider.System), question: null, LongAgo.AddDays(1)) { Removes = removes };
        var results = new List<CleanupResult>();
        foreach (var manifest in store.Enumerate())
        {
            results.AddRange(await cleanup.HandleAsync(manifest, TestContext.Current.CancellationToken));
        }

        return results;
    }

    private RecordingManifest Write(string callId, Func<RecordingManifest, RecordingManifest>? change = null)
    {
        var manifest = new RecordingManifest
        {
            State = ManifestStates.Announced,
            Provider = "twilio",
            CallId = callId,
            StreamId = "MZ1",
            StreamIds = ["MZ1"],
            Unix = 1_772_600_000,
            Node = "media-1",
            Run = Guid.CreateVersion7(),
            SampleRate = 8000,
            StartedAt = LongAgo.AddMinutes(-1),
            EndedAt = LongAgo,
            DurationMs = 60_000,
            AnnouncedAt = LongAgo,
            Tracks = [],
            Recordings = [.. new[] { "user", "assistant" }.Select(type => new ManifestRecording { RecordingId = Guid.CreateVersion7(), RecordingType = type, File = "", FileSize = Bytes })],
        };
        manifest = change?.Invoke(Named(manifest)) ?? Named(manifest);
        manifest = Named(manifest);
        Directory.CreateDirectory(manifest.Location.Folder(_folder));
        File.WriteAllBytes(manifest.Location.Manifest(_folder), JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));
        foreach (var recording in manifest.Recordings)
        {
            File.WriteAllBytes(manifest.Location.File(_folder, recording.File), Content(recording));
        }

        return manifest;
    }

    private static RecordingManifest Named(RecordingManifest manifest) => manifest with
    {
        Recordings = [.. manifest.Recordings.Select(r => r with { File = manifest.Location.AudioName(r.RecordingType), Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content(r))) })],
        Tracks = [.. manifest.Recordings.Select(r => new ManifestTrack { Name = r.RecordingType, File = manifest.Location.AudioName(r.RecordingType) })],
    };

    /// <summary>Bytes of its own for each recording, in a WAV that <c>verify</c> takes.</summary>
    private static byte[] Content(ManifestRecording recording)
    {
        var seed = BitConverter.ToInt32(SHA256.HashData(recording.RecordingId.ToByteArray()));
        return TestWav.Pcm16([.. Enumerable.Range(0, (Bytes - 44) / 2).Select(i => (short)(((i * 37) + seed) % 3000))]);
    }

    private RecordingManifest Read(RecordingManifest manifest) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(manifest.Location.Manifest(_folder)), ManifestJsonContext.Default.RecordingManifest)!;

    private string[] FilesOf(RecordingManifest manifest) => Directory.GetFiles(manifest.Location.Folder(_folder), "*.wav");
}
