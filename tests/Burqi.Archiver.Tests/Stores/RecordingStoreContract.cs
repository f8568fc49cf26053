using Burqi.Archiver.Stores;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;

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

    /// <summary>What an upload may leave that was broken off after it had sent some of its content: nothing, unless the store discards it by itself.</summary>
    private protected virtual IReadOnlyList<string> LeftByBrokenUpload => [];

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

        await ShouldHoldAsync(content);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
        Store.UrlOf(Key).ShouldBe(ExpectedUrl(Key.Value));
    }

    [Fact]
    public async Task Commit_KeyIsTaken_ReplacesTheObject()
    {
        await PutAsync(Content(SeveralParts, seed: 1), known: true);
        var second = Content(1000, seed: 2);

        await PutAsync(second, known: false);

        await ShouldHoldAsync(second);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralParts)]
    public async Task Write_MemoryIsUsedAgain_ObjectHasWhatWasInIt(int length)
    {
        var content = Content(length);
        var block = new byte[100_000];
        await using (var upload = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken))
        {
            for (var at = 0; at < length; at += block.Length)
            {
                var piece = content.AsSpan(at, Math.Min(block.Length, length - at));
                piece.CopyTo(block);
                await upload.WriteAsync(block.AsMemory(0, Math.Min(block.Length, length - at)), TestContext.Current.CancellationToken);
                block.AsSpan().Fill(0xFF);
            }

            await upload.CommitAsync(Wav.Sha256(content), TestContext.Current.CancellationToken);
        }

        await ShouldHoldAsync(content);
    }

    /// <summary>A worker that lost its lease unawares goes on beside the one that took its job over.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralParts)]
    public async Task Commit_TwoUploadsOfOneKeyAtOnce_ObjectIsOneOfThemWhole(int length)
    {
        var (first, second) = (Content(length, seed: 1), Content(length, seed: 2));
        var committed = new List<byte[]>();
        await using (var one = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken))
        {
            await one.WriteAsync(first.AsMemory(0, length / 2), TestContext.Current.CancellationToken);
            await using var other = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken);
            await other.WriteAsync(second, TestContext.Current.CancellationToken);
            await TryCommitAsync(one, first.AsMemory(length / 2), first);
            await TryCommitAsync(other, default, second);
        }

        committed.ShouldNotBeEmpty();
        await ShouldHoldAsync(committed[^1]);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);

        async Task TryCommitAsync(IRecordingUpload upload, ReadOnlyMemory<byte> rest, byte[] all)
        {
            try
            {
                await upload.WriteAsync(rest, TestContext.Current.CancellationToken);
                await upload.CommitAsync(Wav.Sha256(all), TestContext.Current.CancellationToken);
                committed.Add(all);
            }
            catch (Exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                // The other one is in its way: a store may say so, and the attempt is made again.
            }
        }
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
        (await ListEverythingAsync()).Except(length == SeveralParts ? LeftByBrokenUpload : []).ShouldBeEmpty();
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

        await ShouldHoldAsync(first);
    }

    [Fact]
    public async Task BeginUpload_EarlierOneWasBrokenOff_ItsRemainsAreRemoved()
    {
        // Neither committed nor disposed of: what a killed process leaves.
        var abandoned = await Store.BeginUploadAsync(Key, expectedSha256: null, TestContext.Current.CancellationToken);
        await abandoned.WriteAsync(Content(SeveralParts, seed: 1), TestContext.Current.CancellationToken);
        await Eventually.BecomesTrueAsync(async () => (await ListEverythingAsync()).Count > 0);
        var second = Content(SeveralParts, seed: 2);

        await PutAsync(second, known: true);

        await ShouldHoldAsync(second);
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

    private protected async Task ShouldHoldAsync(byte[] expected)
    {
        await using var stored = (await Store.OpenReadAsync(Key, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        using var content = new MemoryStream();
        await stored.CopyToAsync(content, TestContext.Current.CancellationToken);

        // Not ShouldBe, which compares object by object.
        content.Length.ShouldBe(expected.Length);
        content.GetBuffer().AsSpan(0, expected.Length).SequenceEqual(expected).ShouldBeTrue("the store gives back other bytes than it was given");
    }
}
