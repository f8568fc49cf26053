using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Encryption;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Archiver.Stores.Parts;
using Burqi.Archiver.Stores.S3;
using Burqi.Archiver.Tests.Support;
using Burqi.Encryption;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores.Encryption;

/// <summary>An object's key is wrapped anew in each store, on its real server, and the object is the same.</summary>
public sealed class RewrapTests
{
    private static readonly ObjectKey Key = ObjectKey.ForCapture("CA1", "user", "wav", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("disk", 200_000)]
    [InlineData("s3", 200_000)]
    [InlineData("s3", RecordingStoreContract.SeveralParts)]
    [InlineData("azure", 200_000)]
    [InlineData("azure", RecordingStoreContract.SeveralParts)]
    public async Task Rewrap_ByAnotherKey_NeedsThatKeyAloneAndLeavesTheBytes(string kind, int size)
    {
        var inner = await StoreAsync(kind);
        var content = RecordingStoreContract.Content(size);
        using var old = new EncryptedRecordingStore(inner, EncryptionKeys.Ring("old"));
        await using (var upload = await old.BeginUploadAsync(new NewObject(Key, Metadata: new Dictionary<string, string> { ["other"] = "1" }), Cancellation))
        {
            upload.EncryptionKeyId.ShouldBe("old");
            await upload.WriteAsync(content, Cancellation);
            await upload.CommitAsync(Wav.Sha256(content), Cancellation);
        }

        var before = await ReadAsync(inner);
        using var both = new EncryptedRecordingStore(inner, EncryptionKeys.Ring("new", "old"));

        (await both.RewrapAsync(Key, Cancellation)).ShouldBe("new");
        (await both.RewrapAsync(Key, Cancellation)).ShouldBe("new");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => both.RewrapAsync(Key, Cancellation)));

        using var renewed = new EncryptedRecordingStore(inner, EncryptionKeys.Ring("new"));
        (await ReadAsync(renewed)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await ReadAsync(inner)).AsSpan().SequenceEqual(before).ShouldBeTrue();
        (await renewed.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(new Dictionary<string, string> { ["other"] = "1" });
        await Should.ThrowAsync<EncryptionException>(() => ReadAsync(old));
        await Should.ThrowAsync<EncryptionException>(() => old.RewrapAsync(Key, Cancellation));

        await renewed.DeleteAsync(Key, Cancellation);
        await Should.ThrowAsync<FileNotFoundException>(() => renewed.RewrapAsync(Key, Cancellation));
    }

    private static async Task<byte[]> ReadAsync(IRecordingStore store)
    {
        await using var opened = (await store.OpenReadAsync(Key, Cancellation)).ShouldNotBeNull();
        using var read = new MemoryStream();
        await opened.Body.CopyToAsync(read, Cancellation);
        return read.ToArray();
    }

    private static async Task<IRecordingStore> StoreAsync(string kind)
    {
        switch (kind)
        {
            case "disk":
                return new LocalDiskRecordingStore(Options.Create(new LocalDiskStoreOptions { Root = Path.Combine(TestFolder.Create("rewrap"), "objects") }), TimeProvider.System);
            case "s3":
                var s3 = await S3Server.SharedAsync();
                return new S3RecordingStore(
                    Options.Create(new S3StoreOptions
                    {
                        Enabled = true,
                        Bucket = await s3.CreateBucketAsync(),
                        EndpointUrl = s3.Endpoint,
                        AccessKeyId = s3.AccessKey,
                        SecretAccessKey = s3.SecretKey,
                        PartSize = 5 * 1024 * 1024,
                        LargestCopy = 8 * 1024 * 1024,
                    }),
                    new PartBuffers(Options.Create(new PartOptions())),
                    TimeProvider.System);
            default:
                var azure = await AzureBlobServer.SharedAsync();
                return AzureStore.Create(azure.ConnectionString, await azure.CreateContainerAsync());
        }
    }
}
