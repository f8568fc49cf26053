using System.Net;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.AzureBlob;
using Burqi.Archiver.Stores.Parts;
using Burqi.Archiver.Tests.Support;
using Burqi.AzureBlob;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

public class AzureBlobRecordingStoreTests : RecordingStoreContract
{
    private protected AzureBlobServer Server { get; private set; } = null!;

    private protected string Container { get; private set; } = "";

    private protected virtual string ConnectionString => Server.ConnectionString;

    // Azure has no way to discard blocks but to commit something under the key; it does so by itself a week later.
    private protected override IReadOnlyList<string> LeftByBrokenUpload => [$"unfinished {Key}"];

    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralParts)]
    public async Task Commit_Object_HasItsTypeAndChecksum(int length)
    {
        var content = Content(length);

        await PutAsync(content, known: false);

        using var stored = await Server.SendAsync(HttpMethod.Head, $"{Container}/{Key}");
        stored.StatusCode.ShouldBe(HttpStatusCode.OK);
        stored.Headers.GetValues("x-ms-meta-sha256").ShouldBe([Wav.Sha256(content)]);
        stored.Content.Headers.ContentType!.MediaType.ShouldBe("audio/wav");
        stored.Content.Headers.ContentLength.ShouldBe(length);
    }

    [Fact]
    public async Task Commit_ObjectThatBrokenUploadLeftBlocksBehind_DiscardsThem()
    {
        await PutAsync(Content(1000), known: false);
        await using (var broken = await Store.BeginUploadAsync(new NewObject(Key), TestContext.Current.CancellationToken))
        {
            await broken.WriteAsync(Content(SeveralParts), TestContext.Current.CancellationToken);
            await Eventually.BecomesTrueAsync(async () => await Server.CountUncommittedBlocksAsync(Container, Key.Value) > 0);
        }

        await PutAsync(Content(SeveralParts, seed: 2), known: false);

        (await Server.CountUncommittedBlocksAsync(Container, Key.Value)).ShouldBe(0);
        await ShouldHoldAsync(Content(SeveralParts, seed: 2));
    }

    [Theory]
    [InlineData(StorageTiers.Cool)]
    [InlineData(StorageTiers.Archive)]
    public async Task SetTier_OfAnObject_IsDescribedWithIt(string tier)
    {
        await PutAsync(Content(1000), known: true, Metadata);
        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Tier.ShouldBe(StorageTiers.Hot);

        (await Store.SetTierAsync(Key, tier, Cancellation)).ShouldBeTrue();

        var description = (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull();
        description.Tier.ShouldBe(tier);
        description.Metadata.ShouldBe(Metadata, ignoreOrder: true);
        await Should.ThrowAsync<FileNotFoundException>(() => Store.SetTierAsync(OtherKey, tier, Cancellation));
    }

    [Fact]
    public async Task Sweep_EmptyBlobsThatAnEarlierOneMade_AreDeletedAndNoOthers()
    {
        var discarded = new Dictionary<string, string> { ["burqidiscarded"] = "1" };
        await Server.PutAsync(Container, "recordings/2026/11/20/CA1/marked.wav", [], discarded);
        await Server.PutAsync(Container, "recordings/2026/11/20/CA1/marked-and-full.wav", [1], discarded);
        await Server.PutAsync(Container, "recordings/2026/11/20/CA1/empty.wav", []);

        (await Store.SweepAsync(TimeSpan.FromHours(1), Cancellation)).ShouldBe(Sweeps ? 1 : 0);

        (await Server.ListAsync(Container)).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ShouldBe(
            Sweeps ? ["empty", "marked-and-full"] : ["empty", "marked", "marked-and-full"]);
    }

    private protected override async Task<IRecordingStore> CreateStoreAsync()
    {
        Server = await AzureBlobServer.SharedAsync();
        Container = await Server.CreateContainerAsync();
        return AzureStore.Create(ConnectionString, Container);
    }

    protected override async Task<IReadOnlyList<string>> ListEverythingAsync() =>
        [.. await Server.ListAsync(Container), .. (await Server.ListAsync(Container, uncommitted: true)).Select(name => $"unfinished {name}")];

    private protected override async Task<int> CountPartsAsync(ObjectKey key) =>
        (await Server.ListAsync(Container, uncommitted: true)).Contains(key.Value) ? await Server.CountUncommittedBlocksAsync(Container, key.Value) : 0;

    protected override string ExpectedUrl(string key) => $"{Server.Endpoint}/{Container}/{key}";
}

/// <summary>The same without the account's key, by a signature that may read, write and delete in one container and not even list it.</summary>
public sealed class AzureBlobRecordingStoreWithSasTests : AzureBlobRecordingStoreTests
{
    private protected override bool Sweeps => false;

    private protected override string ConnectionString => Server.ConnectionStringOf(new AzureSas
    {
        Account = Server.Account,
        Container = Container,
        Permissions = "rcwd",
        ExpiresOn = DateTimeOffset.UtcNow.AddHours(1),
    });
}

internal static class AzureStore
{
    public static AzureBlobRecordingStore Create(
        string connectionString, string container, TimeProvider? clock = null, int parallelParts = 2, string encryptionScope = "", TimeSpan? requestTimeout = null) => new(
            Options.Create(new AzureBlobStoreOptions
            {
                Enabled = true,
                Azure = new AzureBlobSettings { Container = container, ConnectionString = connectionString },
                BlockSize = 5 * 1024 * 1024,
                EncryptionScope = encryptionScope,
                RequestTimeout = requestTimeout ?? TimeSpan.FromMinutes(2),
                RetryDelay = TimeSpan.FromMilliseconds(10),
            }),
            new PartBuffers(Options.Create(new PartOptions { Parallel = parallelParts })),
            clock ?? TimeProvider.System);
}
