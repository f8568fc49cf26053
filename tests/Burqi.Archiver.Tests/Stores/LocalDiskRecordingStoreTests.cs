using System.Runtime.Versioning;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Archiver.Tests.Support;
using Burqi.Disk;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

public sealed class LocalDiskRecordingStoreTests : RecordingStoreContract
{
    private readonly string _root = Path.Combine(TestFolder.Create("disk"), "objects");

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Commit_FilesAndFolders_AreClosedToOthers()
    {
        await PutAsync(Content(1000), known: true);

        File.GetUnixFileMode(Path.Combine(_root, Key.Value)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        for (var folder = Path.GetDirectoryName(Path.Combine(_root, Key.Value))!; folder.Length >= _root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            File.GetUnixFileMode(folder).ShouldBe(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute, folder);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Commit_Metadata_AreAsClosedAsTheFile()
    {
        await PutAsync(Content(1000), known: true, Metadata);
        await Store.ReplaceMetadataAsync(Key, new Dictionary<string, string> { ["other"] = "x" }, Cancellation);

        var sidecar = Path.Combine(_root, (await ListEverythingAsync()).Single(path => Path.GetFileName(path).StartsWith('.')));
        File.GetUnixFileMode(sidecar).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    [Theory]
    [InlineData("../../../../../../etc/passwd")]
    [InlineData("..")]
    [InlineData("/etc")]
    [InlineData("a/../../b")]
    [InlineData("a\\..\\b")]
    [InlineData("~root")]
    [InlineData("$(id)")]
    [InlineData("a;rm -rf .")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData(".ssh")]
    [InlineData("%2e%2e")]
    [InlineData("\u202e")]
    [InlineData("")]
    public void Key_OfAHostileIdentifier_IsNone(string identifier)
    {
        var startedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        Should.Throw<FormatException>(() => ObjectKey.ForCapture(identifier, "user", "wav", startedAt));
        Should.Throw<FormatException>(() => ObjectKey.ForCapture("CA1", identifier, "wav", startedAt));
        Should.Throw<FormatException>(() => ObjectKey.ForCapture("CA1", "user", identifier, startedAt));
        Should.Throw<FormatException>(() => ObjectKey.ForProviderFile("CA1", identifier, "wav", startedAt));
        Should.Throw<FormatException>(() => ObjectKey.ForRoom(identifier, "wav", startedAt));
        Should.Throw<FormatException>(() => ObjectKey.Parse($"recordings/2026/11/20/{identifier}/user_1.wav"));
        Should.Throw<FormatException>(() => ObjectKey.Parse($"recordings/2026/11/20/CA1/{identifier}.wav"));
        Should.Throw<FormatException>(() => ObjectKey.Parse($"{identifier}/recordings/2026/11/20/CA1/user_1.wav"));
    }

    [Theory]
    [InlineData("recordings")]
    [InlineData("recordings/2026/11")]
    [InlineData("recordings/2026/11/20/CA1")]
    [UnsupportedOSPlatform("windows")]
    public async Task Folder_IsALink_IsNotFollowed(string link)
    {
        var outside = Directory.CreateDirectory(Path.Combine(TestFolder.Create("outside"), "target")).FullName;
        var orphan = Path.Combine(outside, $".user_1.wav.{Guid.CreateVersion7():N}");
        await File.WriteAllTextAsync(orphan, "somebody else's", Cancellation);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, link))!);
        Directory.CreateSymbolicLink(Path.Combine(_root, link), outside);

        await Should.ThrowAsync<IOException>(() => PutAsync(Content(10), known: true));
        await Should.ThrowAsync<IOException>(() => Store.OpenReadAsync(Key, Cancellation));
        await Should.ThrowAsync<IOException>(() => Store.DeleteAsync(Key, Cancellation));
        await Should.ThrowAsync<IOException>(() => Store.DescribeAsync(Key, Cancellation));
        (await Store.SweepAsync(TimeSpan.FromHours(-1), Cancellation)).ShouldBe(0);

        Directory.EnumerateFileSystemEntries(outside).ShouldBe([orphan]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Object_IsALink_IsNotFollowed()
    {
        var secret = Path.Combine(TestFolder.Create("outside"), "secret");
        await File.WriteAllTextAsync(secret, "secret", Cancellation);
        var path = Path.Combine(_root, Key.Value);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, secret);

        await Should.ThrowAsync<IOException>(() => Store.OpenReadAsync(Key, Cancellation));
        await Should.ThrowAsync<IOException>(() => PutAsync(Content(10), known: true));
        await Should.ThrowAsync<IOException>(() => Store.DeleteAsync(Key, Cancellation));

        (await File.ReadAllTextAsync(secret, Cancellation)).ShouldBe("secret");
    }

    [Fact]
    public async Task Metadata_WriterDiedBeforeTheObject_ThoseOfTheOldObjectStay()
    {
        await PutAsync(Content(1000, seed: 1), known: true, Metadata);
        var path = Path.Combine(_root, Key.Value);
        var stray = FileMetadata.PathOf(path, File.GetLastWriteTimeUtc(path).AddMilliseconds(5));
        await File.WriteAllBytesAsync(stray, FileMetadata.Serialize(2000, new Dictionary<string, string> { ["other"] = "x" }), Cancellation);

        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(Metadata, ignoreOrder: true);

        (await Store.SweepAsync(TimeSpan.FromHours(-1), Cancellation)).ShouldBe(1);
        File.Exists(stray).ShouldBeFalse();
        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(Metadata, ignoreOrder: true);
    }

    [Fact]
    public async Task Metadata_FilesWereCopiedWithoutTheirTimes_StillBelongToTheObject()
    {
        await PutAsync(Content(1000), known: true, Metadata);
        File.SetLastWriteTimeUtc(Path.Combine(_root, Key.Value), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(Metadata, ignoreOrder: true);
        (await Store.SweepAsync(TimeSpan.FromHours(-1), Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Metadata_Damaged_AreSaidToBe()
    {
        await PutAsync(Content(1000), known: true, Metadata);
        var sidecar = (await ListEverythingAsync()).Single(path => Path.GetFileName(path).StartsWith('.'));
        await File.WriteAllTextAsync(Path.Combine(_root, sidecar), "{", Cancellation);

        await Should.ThrowAsync<IOException>(() => Store.OpenReadAsync(Key, Cancellation));
    }

    /// <summary>Two writers, and readers all the while: what is read beside an object is always its own.</summary>
    [Fact]
    public async Task Metadata_ObjectIsReplacedAllTheTime_AreThoseOfWhatIsRead()
    {
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 40; round++)
            {
                var content = Content(100 + writer + round, seed: (writer * 1000) + round);
                try
                {
                    await PutAsync(content, known: true, new Dictionary<string, string> { ["of"] = Wav.Sha256(content) });
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // The other one removed what it took for left behind.
                }
            }
        }, Cancellation)).ToList();
        var all = Task.WhenAll(writers);
        var read = 0;
        do
        {
            if (await Store.OpenReadAsync(Key, Cancellation) is { } stored)
            {
                await using (stored)
                {
                    using var content = new MemoryStream();
                    await stored.Body.CopyToAsync(content, Cancellation);
                    stored.Metadata["of"].ShouldBe(Wav.Sha256(content.ToArray()));
                    read++;
                }
            }
        }
        while (!all.IsCompleted);

        await all;
        read.ShouldBeGreaterThan(0);
    }

    private protected override Task<IRecordingStore> CreateStoreAsync() =>
        Task.FromResult<IRecordingStore>(new LocalDiskRecordingStore(Options.Create(new LocalDiskStoreOptions { Root = _root }), TimeProvider.System));

    protected override Task<IReadOnlyList<string>> ListEverythingAsync() => Task.FromResult<IReadOnlyList<string>>(
        Directory.Exists(_root)
            ? [.. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                .Select(path => Path.GetRelativePath(_root, path))]
            : []);

    private protected override int PartsOfSeveral => 1;

    private protected override async Task<int> CountPartsAsync(ObjectKey key) =>
        (await ListEverythingAsync()).Count(path => Path.GetFileName(path).StartsWith($".{Path.GetFileName(key.Value)}.", StringComparison.Ordinal));

    private protected override async Task<IReadOnlyList<string>> ListObjectsAsync() =>
        [.. (await ListEverythingAsync()).Where(path => !Path.GetFileName(path).StartsWith('.'))];

    protected override string ExpectedUrl(string key) => $"file://{_root}/{key}";
}
