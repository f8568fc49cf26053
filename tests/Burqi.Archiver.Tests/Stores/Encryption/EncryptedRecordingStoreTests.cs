using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Encryption;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Archiver.Tests.Support;
using Burqi.Encryption;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores.Encryption;

/// <summary>What every store promises, of one that encrypts; and that what lies in the store behind it is not the audio.</summary>
public sealed class EncryptedRecordingStoreTests : RecordingStoreContract
{
    private readonly string _root = Path.Combine(TestFolder.Create("encrypted"), "objects");

    private LocalDiskRecordingStore Inner => new(Options.Create(new LocalDiskStoreOptions { Root = _root }), TimeProvider.System);

    private string ObjectPath => Path.Combine(_root, Key.Value);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(200_000)]
    public async Task Commit_AroundTheChunks_IsReadBackFromAnywhereAndLiesEncrypted(int length)
    {
        var content = Content(length);
        await PutAsync(content, known: true);

        foreach (var offset in new[] { 0, 1, 65_535, 65_536, 65_537, length - 1, length, length + 1 }.Where(offset => offset >= 0))
        {
            await using var stored = (await Store.OpenReadAsync(Key, Cancellation, offset)).ShouldNotBeNull();
            using var read = new MemoryStream();
            await stored.Body.CopyToAsync(read, Cancellation);
            read.ToArray().AsSpan().SequenceEqual(content.AsSpan(Math.Min(offset, length))).ShouldBeTrue($"from {offset}");
        }

        var encrypted = await File.ReadAllBytesAsync(ObjectPath, Cancellation);
        encrypted.Length.ShouldBe((int)EncryptedLayout.EncryptedSize(length));
        (length > 16 && encrypted.AsSpan().IndexOf(content.AsSpan(0, 16)) >= 0).ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_SameContentTwice_IsNeverEncryptedAlike()
    {
        await PutAsync(Content(1000), known: true);
        var first = await File.ReadAllBytesAsync(ObjectPath, Cancellation);

        await PutAsync(Content(1000), known: true);

        (await File.ReadAllBytesAsync(ObjectPath, Cancellation)).ShouldNotBe(first);
    }

    [Fact]
    public async Task OpenRead_WithoutTheKey_SaysWhichIsMissing()
    {
        await PutAsync(Content(1000), known: true);

        foreach (var keys in new[] { EncryptionKeys.Ring(null), EncryptionKeys.Ring("other") })
        {
            using var store = new EncryptedRecordingStore(Inner, keys);
            var exception = await Should.ThrowAsync<EncryptionException>(() => store.OpenReadAsync(Key, Cancellation, offset: 500));
            exception.Message.ShouldStartWith("The object is encrypted with key 'a', which is not configured here");
            (await store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Size.ShouldBe(1000);
        }
    }

    [Fact]
    public async Task OpenRead_ObjectFromBeforeThereWasAKey_IsReadAsItIs()
    {
        var content = Content(200_000);
        using (var plain = new EncryptedRecordingStore(Inner, EncryptionKeys.Ring(null, "a")))
        {
            await using var upload = await plain.BeginUploadAsync(new NewObject(Key, Metadata: Metadata), Cancellation);
            await upload.WriteAsync(content, Cancellation);
            await upload.CommitAsync(Wav.Sha256(content), Cancellation);
            upload.EncryptionKeyId.ShouldBeNull();
        }

        (await File.ReadAllBytesAsync(ObjectPath, Cancellation)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        await ShouldHoldAsync(content);
        await using var stored = (await Store.OpenReadAsync(Key, Cancellation, offset: 150_000)).ShouldNotBeNull();
        using var read = new MemoryStream();
        await stored.Body.CopyToAsync(read, Cancellation);
        read.ToArray().AsSpan().SequenceEqual(content.AsSpan(150_000)).ShouldBeTrue();
        (await ((EncryptedRecordingStore)Store).RewrapAsync(Key, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Verify_ObjectWasAlteredOrPutUnderAnotherName_Fails()
    {
        var content = Content(200_000);
        await PutAsync(content, known: true);
        await StoredObject.VerifyAsync(Store, Key, content.Length, Wav.Sha256(content), Cancellation);
        await using (var moved = await Inner.BeginUploadAsync(new NewObject(OtherKey, Metadata: (await Inner.DescribeAsync(Key, Cancellation))!.Metadata), Cancellation))
        {
            await moved.WriteAsync(await File.ReadAllBytesAsync(ObjectPath, Cancellation), Cancellation);
            await moved.CommitAsync(Wav.Sha256(await File.ReadAllBytesAsync(ObjectPath, Cancellation)), Cancellation);
        }

        await Should.ThrowAsync<Exception>(() => StoredObject.VerifyAsync(Store, OtherKey, content.Length, Wav.Sha256(content), Cancellation));
        await using (var file = new FileStream(ObjectPath, FileMode.Open))
        {
            file.Position = 70_000;
            file.WriteByte(0xAA);
            file.WriteByte(0x55);
        }

        await Should.ThrowAsync<Exception>(() => StoredObject.VerifyAsync(Store, Key, content.Length, Wav.Sha256(content), Cancellation));
    }

    private protected override Task<IRecordingStore> CreateStoreAsync() => Task.FromResult<IRecordingStore>(new EncryptedRecordingStore(Inner, EncryptionKeys.Ring("a", "b")));

    /// <summary>All but the metadata of objects that are there, which every encrypted one has.</summary>
    protected override Task<IReadOnlyList<string>> ListEverythingAsync() => Task.FromResult<IReadOnlyList<string>>(
        Directory.Exists(_root)
            ? [.. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                .Where(path => Burqi.Disk.FileMetadata.FileOf(path) is not { } file || !File.Exists(file))
                .Select(path => Path.GetRelativePath(_root, path))]
            : []);

    private protected override int PartsOfSeveral => 1;

    private protected override async Task<int> CountPartsAsync(ObjectKey key) =>
        (await ListEverythingAsync()).Count(path => Path.GetFileName(path).StartsWith($".{Path.GetFileName(key.Value)}.", StringComparison.Ordinal));

    private protected override async Task<IReadOnlyList<string>> ListObjectsAsync() =>
        [.. (await ListEverythingAsync()).Where(path => !Path.GetFileName(path).StartsWith('.'))];

    protected override string ExpectedUrl(string key) => $"file://{_root}/{key}";
}
