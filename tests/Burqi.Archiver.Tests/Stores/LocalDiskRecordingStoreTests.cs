using System.Runtime.Versioning;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.LocalDisk;
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
