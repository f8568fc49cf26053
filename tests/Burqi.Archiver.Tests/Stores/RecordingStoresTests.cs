using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>Two disks: one fails to open an object where a link lies in its place.</summary>
public sealed class RecordingStoresTests
{
    private static readonly ObjectKey Key = ObjectKey.ForCapture("CA1", "user", "wav", DateTimeOffset.UnixEpoch);

    private readonly string _first = TestFolder.Create("first");
    private readonly string _second = TestFolder.Create("second");

    [Fact]
    public async Task OpenRead_StoreThatIsNamedFails_OtherOneIsAskedToo()
    {
        PutLink(_first);
        var path = Path.Combine(_second, Key.Value);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, [1, 2, 3], TestContext.Current.CancellationToken);

        await using var opened = await OpenAsync();

        opened.ShouldNotBeNull().Size.ShouldBe(3);
    }

    [Fact]
    public async Task OpenRead_StoreThatIsNamedFailsAndTheOtherDoesNotHaveIt_FailureIsTold()
    {
        PutLink(_first);

        (await Should.ThrowAsync<IOException>(OpenAsync)).Message.ShouldContain("is a link");
    }

    [Fact]
    public async Task OpenRead_OtherStoreFails_NobodySaysThatItIsNowhere()
    {
        PutLink(_second);

        (await Should.ThrowAsync<IOException>(OpenAsync)).Message.ShouldContain("is a link");
    }

    private static void PutLink(string root)
    {
        var path = Path.Combine(root, Key.Value);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, "/nowhere");
    }

    private Task<OpenedObject?> OpenAsync() => new RecordingStores(Disk(_first), Disk(_second)).OpenReadAsync(name: null, Key, TestContext.Current.CancellationToken);

    private static LocalDiskRecordingStore Disk(string root) => new(Options.Create(new LocalDiskStoreOptions { Root = root }), TimeProvider.System);
}
