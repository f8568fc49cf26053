using Burqi.Archiver.Stores;
using Burqi.Archiver.Tests.Support;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>What every store promises; run against each of them, on the real server.</summary>
public abstract class RecordingStoreContract : IAsyncLifetime
{
    // Larger than one part of the S3 store's smallest part size, so that both of its ways of writing are taken.
    internal const int SeveralParts = (2 * 5 * 1024 * 1024) + 12_345;

    private static readonly DateTimeOffset StartedAt = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private protected IRecordingStore Store { get; private set; } = null!;

    private protected ObjectKey Key { get; } = ObjectKey.ForCapture("CA1", "user", "wav", StartedAt);

    public async ValueTask InitializeAsync() => Store = await CreateStoreAsync();

    public async ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        await Task.CompletedTask;
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<IRecordingStore> CreateStoreAsync();

    /// <summary>All that lies in the store, unfinished uploads too.</summary>
    protected abstract Task<IReadOnlyList<string>> ListEverythingAsync();

    protected abstract string ExpectedUrl(string key);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5 * 1024 * 1024)]
    [InlineData((5 * 1024 * 1024) + 1)]
    [InlineData(SeveralParts)]
    public async Task Commit_ContentOfAnyLength_IsReadBackByteForByte(int length)
    {
        var content = Content(length);

        await PutAsync(content, known: length % 2 == 0);

        (await ReadAsync()).ShouldBe(content);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
        Store.UrlOf(Key).ShouldBe(ExpectedUrl(Key.Value));
    }

    [Fact]
    public async Task Commit_KeyIsTaken_ReplacesTheObject()
    {
        await PutAsync(Content(SeveralParts, seed: 1), known: true);
        var second = Content(1000, seed: 2);

        await PutAsync(second, known: false);

        (await ReadAsync()).ShouldBe(second);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralParts)]
    public async Task Dispose_WithoutCommit_LeavesNothing(int length)
    {
        await using (var upload = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken))
        {
            await upload.WriteAsync(Content(length), TestContext.Current.CancellationToken);
        }

        (await Store.OpenReadAsync(Key, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await ListEverythingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispose_WithoutCommit_KeepsTheObjectThatWasThere()
    {
        var first = Content(1000, seed: 1);
        await PutAsync(first, known: false);

        await using (var upload = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken))
        {
            await upload.WriteAsync(Content(SeveralParts, seed: 2), TestContext.Current.CancellationToken);
        }

        (await ReadAsync()).ShouldBe(first);
    }

    [Fact]
    public async Task BeginUpload_EarlierOneWasBrokenOff_ItsRemainsAreRemoved()
    {
        // Neither committed nor disposed of: what a killed process leaves.
        var abandoned = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken);
        await abandoned.WriteAsync(Content(SeveralParts, seed: 1), TestContext.Current.CancellationToken);
        (await ListEverythingAsync()).ShouldNotBeEmpty();
        var second = Content(SeveralParts, seed: 2);

        await PutAsync(second, known: true);

        (await ReadAsync()).ShouldBe(second);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
    }

    [Fact]
    public async Task OpenRead_NothingThere_IsNull() =>
        (await Store.OpenReadAsync(Key, TestContext.Current.CancellationToken)).ShouldBeNull();

    [Fact]
    public async Task Check_StoreIsThere_ReturnsAndLeavesNothing()
    {
        await Store.CheckAsync(TestContext.Current.CancellationToken);

        (await ListEverythingAsync()).ShouldBeEmpty();
    }

    internal static byte[] Content(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private protected async Task PutAsync(byte[] content, bool known)
    {
        var sha256 = Wav.Sha256(content);
        await using var upload = await Store.BeginUploadAsync(Key, known ? sha256 : null, TestContext.Current.CancellationToken);
        for (var at = 0; at < content.Length; at += 131_072)
        {
            await upload.WriteAsync(content.AsMemory(at, Math.Min(131_072, content.Length - at)), TestContext.Current.CancellationToken);
        }

        await upload.CommitAsync(sha256, TestContext.Current.CancellationToken);
    }

    private protected async Task<byte[]> ReadAsync()
    {
        await using var stored = (await Store.OpenReadAsync(Key, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        using var content = new MemoryStream();
        await stored.CopyToAsync(content, TestContext.Current.CancellationToken);
        return content.ToArray();
    }
}
