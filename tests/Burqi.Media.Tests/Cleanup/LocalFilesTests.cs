using Burqi.Contracts.Recordings;
using Burqi.Media.Cleanup;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Cleanup;

public sealed class LocalFilesTests : IDisposable
{
    private readonly string _folder = TestFolder.Create("cleanup");
    private readonly ManifestStore _store;
    private readonly ManifestEditor _editor;
    private readonly LocalFiles _files;

    public LocalFilesTests()
    {
        _store = new ManifestStore(Options.Create(new MediaOptions { RecordingsDir = _folder }));
        _editor = new ManifestEditor(_store, TimeProvider.System);
        _files = new LocalFiles(_store, _editor, TimeProvider.System);
    }

    public void Dispose() => _editor.Dispose();

    [Fact]
    public void Remove_OfAnArchivedRecording_TakesItsFileAndLeavesTheOthers()
    {
        var manifest = StoredRecording.Create(_folder, m => StoredRecording.Archived(m, RecordingTypes.User));

        Remove(manifest, RecordingTypes.User, RemovalReasons.Archived).ShouldBe(1000);
        Remove(manifest, RecordingTypes.User, RemovalReasons.Archived).ShouldBeNull("it is gone already");
        Remove(manifest, RecordingTypes.Mixed, RemovalReasons.Archived).ShouldBeNull("it is not archived");

        StoredRecording.Files(_folder, manifest).ShouldBe([FileOf(manifest, RecordingTypes.Assistant), FileOf(manifest, RecordingTypes.Mixed)]);
        var left = StoredRecording.Read(_folder, manifest);
        left.State.ShouldBe(ManifestStates.Announced);
        left.Tracks.Length.ShouldBe(2);
        left.Recordings.Single(r => r.RemovedAt is not null).RecordingType.ShouldBe(RecordingTypes.User);
    }

    [Fact]
    public void Remove_OfTheLastOne_LeavesATombstoneThatNamesNobody()
    {
        var manifest = StoredRecording.Create(_folder, m => StoredRecording.Archived(m));

        manifest.Recordings.Select(r => _files.Remove(PathOf(manifest), r.RecordingId, RemovalReasons.Archived)).ShouldAllBe(freed => freed == 1000);

        StoredRecording.Files(_folder, manifest).ShouldBeEmpty();
        var tombstone = StoredRecording.Read(_folder, manifest);
        tombstone.State.ShouldBe(ManifestStates.Removed);
        tombstone.Tracks.ShouldBeEmpty();
        tombstone.Recordings.ShouldAllBe(r => r.RemovedBecause == RemovalReasons.Archived && r.Sha256 != null && r.Archived!.Store == "s3");
    }

    [Fact]
    public void Remove_OfWhatWasMadeFromOtherFiles_TakesThemAsWell()
    {
        // An assistant that wants the voices as MP3 and no mix: the WAVs lie beside them.
        var manifest = StoredRecording.Create(_folder, m => StoredRecording.Archived(m with
        {
            Recordings = [.. m.Recordings.Where(r => r.RecordingType != RecordingTypes.Mixed).Select(r => r with { File = m.Location.Mp3Name(r.RecordingType), Format = AudioFormats.Mp3 })],
        }));
        foreach (var recording in manifest.Recordings)
        {
            File.WriteAllBytes(manifest.Location.File(_folder, recording.File), new byte[10]);
        }

        Remove(manifest, RecordingTypes.User, RemovalReasons.Archived).ShouldBe(10 + 1000);
        StoredRecording.Files(_folder, manifest).ShouldNotContain(manifest.Location.AudioName(RecordingTypes.User));
        StoredRecording.Files(_folder, manifest).ShouldContain(manifest.Location.AudioName(RecordingTypes.Assistant), "the other recording is still there");

        // The mix that the test's recording came with is none of this manifest's.
        Remove(manifest, RecordingTypes.Assistant, RemovalReasons.Archived).ShouldBe(10 + 1000);
        StoredRecording.Files(_folder, manifest).ShouldBe([manifest.Location.AudioName(RecordingTypes.Mixed)]);
    }

    [Fact]
    public void Remove_OfADeletedRecording_LeavesNothingThatItWasMadeFrom()
    {
        // The mix failed, so that the tracks are kept for it; what is deleted goes all the same.
        var manifest = StoredRecording.Create(_folder, m => m with
        {
            Recordings = [.. m.Recordings.Select(r => r.RecordingType == RecordingTypes.Mixed
                ? r with { Failure = "The disk was full.", FailedAt = m.EndedAt, FileSize = null, Sha256 = null }
                : r with { File = m.Location.Mp3Name(r.RecordingType), Format = AudioFormats.Mp3 })],
        });
        File.Delete(manifest.Location.File(_folder, manifest.Location.AudioName(RecordingTypes.Mixed)));
        File.WriteAllBytes(manifest.Location.File(_folder, manifest.Location.Mp3Name(RecordingTypes.User)), new byte[10]);

        Remove(manifest, RecordingTypes.User, RemovalReasons.Deleted).ShouldBe(10 + 1000);

        StoredRecording.Files(_folder, manifest).ShouldBe([manifest.Location.AudioName(RecordingTypes.Assistant)]);
    }

    [Theory]
    [InlineData(RemovalReasons.Deleted)]
    [InlineData(RemovalReasons.Forced)]
    public void Remove_WhereTheMixFailed_LeavesTheTrackThatNobodyElseHas(string because)
    {
        // The assistant's voice has no recording of its own: its track is all that is left for the mix.
        var manifest = WithoutTheAssistants(RecordingTypes.Mixed);

        Remove(manifest, RecordingTypes.User, because).ShouldBe(1000);
        StoredRecording.Files(_folder, manifest).ShouldBe([manifest.Location.AudioName(RecordingTypes.Assistant)]);

        Remove(manifest, RecordingTypes.Mixed, because).ShouldBe(1000);
        StoredRecording.Files(_folder, manifest).ShouldBeEmpty();
    }

    [Fact]
    public void Remove_OfAMix_LeavesTheTrackOfAVoiceThatFailedAndNoOther()
    {
        var manifest = WithoutTheAssistants(RecordingTypes.User);

        Remove(manifest, RecordingTypes.Mixed, RemovalReasons.Deleted).ShouldBe(2000, "the assistant's voice was recorded for the mix alone");

        StoredRecording.Files(_folder, manifest).ShouldBe([manifest.Location.AudioName(RecordingTypes.User)]);
    }

    [Fact]
    public void Remove_WhereTheMixCouldNotBeMade_KeepsItsTracksUnlessForced()
    {
        var manifest = StoredRecording.Create(_folder, m => StoredRecording.Archived(m with
        {
            Settings = LeftRecording.Settings with { RecordAssistantAudio = false },
            Recordings =
            [
                m.Recordings.Single(r => r.RecordingType == RecordingTypes.User),
                m.Recordings.Single(r => r.RecordingType == RecordingTypes.Mixed) with { Failure = "The disk was full.", FailedAt = m.EndedAt, FileSize = null, Sha256 = null },
            ],
        }, RecordingTypes.User));
        File.Delete(manifest.Location.File(_folder, manifest.Location.AudioName(RecordingTypes.Mixed)));

        Remove(manifest, RecordingTypes.User, RemovalReasons.Archived).ShouldBe(1000);
        StoredRecording.Files(_folder, manifest).ShouldBe([manifest.Location.AudioName(RecordingTypes.Assistant)]);

        Remove(manifest, RecordingTypes.Mixed, RemovalReasons.Forced).ShouldBe(1000);
        StoredRecording.Files(_folder, manifest).ShouldBeEmpty();
        StoredRecording.Read(_folder, manifest).State.ShouldBe(ManifestStates.Removed);
    }

    [Theory]
    [InlineData(ManifestStates.Recording)]
    [InlineData(ManifestStates.Captured)]
    public void Remove_OfALiveCall_RemovesNothing(string state)
    {
        var manifest = StoredRecording.Create(_folder, m => StoredRecording.Archived(m));
        StoredRecording.Create(_folder, m => m with { State = state, Unix = m.Unix + 30 }, manifest.CallId);

        foreach (var because in new[] { RemovalReasons.Archived, RemovalReasons.Forced, RemovalReasons.Deleted })
        {
            Remove(manifest, RecordingTypes.User, because).ShouldBeNull();
        }

        StoredRecording.Files(_folder, manifest).ShouldContain(FileOf(manifest, RecordingTypes.User));
    }

    [Fact]
    public void Change_WhileAnotherProcessHasTheManifests_WaitsForIt()
    {
        var manifest = StoredRecording.Create(_folder);
        using var other = new ManifestEditor(_store, TimeProvider.System);
        var inside = 0;
        Parallel.For(0, 40, i => (i % 2 == 0 ? _editor : other).Change(PathOf(manifest), stored =>
        {
            Interlocked.Increment(ref inside).ShouldBe(1);
            Interlocked.Decrement(ref inside);
            return stored with { SampleRate = stored.SampleRate + 1 };
        }));

        StoredRecording.Read(_folder, manifest).SampleRate.ShouldBe(8040, "no change is lost");
    }

    /// <summary>A voice and the mix, of which one failed; the assistant's voice is a track alone.</summary>
    private RecordingManifest WithoutTheAssistants(string failed)
    {
        var manifest = StoredRecording.Create(_folder, m => m with
        {
            Settings = LeftRecording.Settings with { RecordAssistantAudio = false },
            Recordings =
            [
                .. m.Recordings.Where(r => r.RecordingType != RecordingTypes.Assistant).Select(r => r.RecordingType == failed
                    ? r with { Failure = "The disk was full.", FailedAt = m.EndedAt, FileSize = null, Sha256 = null }
                    : r),
            ],
        });
        if (failed == RecordingTypes.Mixed)
        {
            File.Delete(manifest.Location.File(_folder, manifest.Location.AudioName(RecordingTypes.Mixed)));
        }

        return manifest;
    }

    private long? Remove(RecordingManifest manifest, string type, string because) =>
        _files.Remove(PathOf(manifest), manifest.Recordings.Single(r => r.RecordingType == type).RecordingId, because);

    private string PathOf(RecordingManifest manifest) => manifest.Location.Manifest(_folder);

    private static string FileOf(RecordingManifest manifest, string type) => manifest.Recordings.Single(r => r.RecordingType == type).File;
}
