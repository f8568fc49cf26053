using System.Security.Cryptography;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Tests.ArchiveRecording;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>Alone, with the other tests of memory.</summary>
[Collection(nameof(ConstantMemoryTests))]
public sealed class AzureBlobMemoryTests
{
    [Fact]
    public async Task Upload_LongRecording_PassesThroughWithoutBeingHeld()
    {
        const int Block = 128 * 1024;
        const long Size = 2048L * Block;
        var cancellation = TestContext.Current.CancellationToken;
        var server = await AzureBlobServer.SharedAsync();
        using var store = AzureStore.Create(server.ConnectionString, await server.CreateContainerAsync());
        var key = ObjectKey.ForCapture("CA1", "user", "wav", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var block = new byte[Block];
        await store.CheckAsync(cancellation);

        // All that is allocated on the way, garbage included: the few buffers, and a little for each request.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await using (var upload = await store.BeginUploadAsync(new NewObject(key), cancellation))
        {
            for (var sent = 0L; sent < Size; sent += Block)
            {
                await upload.WriteAsync(block, cancellation);
            }

            await upload.CommitAsync(Convert.ToHexStringLower(SHA256.HashData(block)), cancellation);
        }

        await using var stored = (await store.OpenReadAsync(key, cancellation)).ShouldNotBeNull();
        var read = 0L;
        while (await stored.Body.ReadAsync(block, cancellation) is var some and > 0)
        {
            read += some;
        }

        read.ShouldBe(Size);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(Size / 5);
    }
}
