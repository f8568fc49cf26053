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

    private protected ObjectKey OtherKey { get; } = ObjectKey.ForCapture("CA1", "assistant", "wav", StartedAt);

    private protected static IReadOnlyDictionary<string, string> Metadata { get; } =
        new Dictionary<string, string> { ["burqinote"] = "key-1", ["burqiname"] = "AbC+/=%20 ~", ["size2"] = "17" };

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<IRecordingStore> CreateStoreAsync();

    /// <summary>Whether what opens the store also lets us see and remove what is unfinished.</summary>
    private protected virtual bool Sweeps => true;

    /// <summary>How many parts of <see cref="SeveralParts"/> bytes are in the store before the commit.</summary>
    private protected virtual int PartsOfSeveral => 2;

    /// <summary>How many parts of an unfinished upload lie in the store.</summary>
    private protected abstract Task<int> CountPartsAsync(ObjectKey key);

    /// <summary>What an upload may leave that was broken off after it had sent some of its content: nothing, unless the store discards it by itself.</summary>
    private protected virtual IReadOnlyList<string> LeftByBrokenUpload => [];

    /// <summary>The objects in the store, without what lies beside them.</summary>
    private protected virtual Task<IReadOnlyList<string>> ListObjectsAsync() => ListEverythingAsync();

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
        await using (var upload = await Store.BeginUploadAsync(new NewObject(Key), Cancellation))
        {
            for (var at = 0; at < length; at += block.Length)
            {
                var piece = content.AsSpan(at, Math.Min(block.Length, length - at));
                piece.CopyTo(block);
                await upload.WriteAsync(block.AsMemory(0, Math.Min(block.Length, length - at)), Cancellation);
                block.AsSpan().Fill(0xFF);
            }

            await upload.CommitAsync(Wav.Sha256(content), Cancellation);
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
        await using (var one = await Store.BeginUploadAsync(new NewObject(Key), Cancellation))
        {
            await one.WriteAsync(first.AsMemory(0, length / 2), Cancellation);
            await using var other = await Store.BeginUploadAsync(new NewObject(Key), Cancellation);
            await other.WriteAsync(second, Cancellation);
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
                await upload.WriteAsync(rest, Cancellation);
                await upload.CommitAsync(Wav.Sha256(all), Cancellation);
                committed.Add(all);
            }
            catch (Exception) when (!Cancellation.IsCancellationRequested)
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
        await using (var upload = await Store.BeginUploadAsync(new NewObject(Key), Cancellation))
        {
            await upload.WriteAsync(Content(length), Cancellation);
        }

        (await Store.OpenReadAsync(Key, Cancellation)).ShouldBeNull();
        (await ListEverythingAsync()).Except(length == SeveralParts ? LeftByBrokenUpload : []).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispose_WithoutCommit_KeepsTheObjectThatWasThere()
    {
        var first = Content(1000, seed: 1);
        await PutAsync(first, known: false);

        await using (var upload = await Store.BeginUploadAsync(new NewObject(Key), Cancellation))
        {
            await upload.WriteAsync(Content(SeveralParts, seed: 2), Cancellation);
        }

        await ShouldHoldAsync(first);
    }

    [Fact]
    public async Task BeginUpload_EarlierOneWasBrokenOff_ItsRemainsAreRemoved()
    {
        // Neither committed nor disposed of: what a killed process leaves.
        var abandoned = await Store.BeginUploadAsync(new NewObject(Key), Cancellation);
        await abandoned.WriteAsync(Content(SeveralParts, seed: 1), Cancellation);
        await Eventually.BecomesTrueAsync(async () => (await ListEverythingAsync()).Count > 0);
        var second = Content(SeveralParts, seed: 2);

        await PutAsync(second, known: true);

        await ShouldHoldAsync(second);
        (await ListEverythingAsync()).ShouldBe([Key.Value]);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1000, 1)]
    [InlineData(1000, 999)]
    [InlineData(1000, 1000)]
    [InlineData(1000, 5000)]
    [InlineData(0, 0)]
    [InlineData(0, 10)]
    [InlineData(SeveralParts, SeveralParts / 2)]
    public async Task OpenRead_FromSomewhere_GivesTheRestAndTheWholeSize(int length, int offset)
    {
        var content = Content(length);
        await PutAsync(content, known: true, Metadata);

        await using var stored = (await Store.OpenReadAsync(Key, Cancellation, offset)).ShouldNotBeNull();

        stored.Size.ShouldBe(length);
        stored.Metadata.ShouldBe(Metadata, ignoreOrder: true);
        (await ReadAllAsync(stored.Body)).AsSpan().SequenceEqual(content.AsSpan(Math.Min(offset, length))).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1000, false)]
    [InlineData(SeveralParts, true)]
    [InlineData(SeveralParts, false)]
    public async Task Metadata_GivenWithTheObject_IsDescribedWithIt(int length, bool known)
    {
        await PutAsync(Content(length), known, Metadata);

        var description = (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull();
        description.Size.ShouldBe(length);
        description.Metadata.ShouldBe(Metadata, ignoreOrder: true);
        await using var stored = (await Store.OpenReadAsync(Key, Cancellation)).ShouldNotBeNull();
        stored.Metadata.ShouldBe(Metadata, ignoreOrder: true);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralParts)]
    public async Task ReplaceMetadata_OfAnObject_LeavesNothingOfTheOldOnesAndTheContentAsItIs(int length)
    {
        var content = Content(length);
        await PutAsync(content, known: true, Metadata);

        foreach (var metadata in (IReadOnlyDictionary<string, string>[])[new Dictionary<string, string> { ["burqinote"] = "key-2", ["other"] = "x" }, ObjectMetadata.None])
        {
            await Store.ReplaceMetadataAsync(Key, metadata, Cancellation);

            (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(metadata, ignoreOrder: true);
            await ShouldHoldAsync(content);
        }

        (await ListObjectsAsync()).ShouldBe([Key.Value]);
    }

    [Fact]
    public async Task Commit_KeyIsTaken_ReplacesTheMetadataToo()
    {
        await PutAsync(Content(1000, seed: 1), known: true, Metadata);
        var other = new Dictionary<string, string> { ["other"] = "x" };

        await PutAsync(Content(1000, seed: 2), known: true, other);
        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(other);

        await PutAsync(Content(1000, seed: 3), known: true);
        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBeEmpty();
        await ShouldHoldAsync(Content(1000, seed: 3));
    }

    [Fact]
    public async Task Dispose_WithoutCommit_KeepsTheMetadataThatWereThere()
    {
        await PutAsync(Content(1000, seed: 1), known: true, Metadata);
        await using (var upload = await Store.BeginUploadAsync(new NewObject(Key, Metadata: new Dictionary<string, string> { ["other"] = "x" }), Cancellation))
        {
            await upload.WriteAsync(Content(SeveralParts, seed: 2), Cancellation);
        }

        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(Metadata, ignoreOrder: true);
    }

    [Theory]
    [InlineData("Burqi", "value")]
    [InlineData("burqi-key", "value")]
    [InlineData("1burqi", "value")]
    [InlineData("sha256", "value")]
    [InlineData("", "value")]
    [InlineData("burqi", "")]
    [InlineData("burqi", " value")]
    [InlineData("burqi", "välue")]
    [InlineData("burqi", "line\nbreak")]
    public async Task Metadata_ThatNotEveryStoreKeeps_IsRefused(string name, string value)
    {
        await Should.ThrowAsync<ArgumentException>(() => PutAsync(Content(10), known: true, new Dictionary<string, string> { [name] = value }));
        await Should.ThrowAsync<ArgumentException>(() => PutAsync(Content(10), known: true, new Dictionary<string, string> { ["burqi"] = new('x', 1025) }));

        (await ListEverythingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_Object_IsGoneWithAllThatWasKeptWithIt()
    {
        await PutAsync(Content(SeveralParts), known: true, Metadata);

        await Store.DeleteAsync(Key, Cancellation);

        (await Store.OpenReadAsync(Key, Cancellation)).ShouldBeNull();
        (await Store.DescribeAsync(Key, Cancellation)).ShouldBeNull();
        (await ListEverythingAsync()).ShouldBeEmpty();
        await Store.DeleteAsync(Key, Cancellation);
    }

    [Fact]
    public async Task Object_ThatIsNotThere_IsSaidToBeMissing()
    {
        (await Store.DescribeAsync(Key, Cancellation)).ShouldBeNull();
        (await Store.OpenReadAsync(Key, Cancellation, offset: 10)).ShouldBeNull();
        await Store.DeleteAsync(Key, Cancellation);
        await Should.ThrowAsync<FileNotFoundException>(() => Store.ReplaceMetadataAsync(Key, Metadata, Cancellation));
    }

    [Theory]
    [InlineData(1000, 999)]
    [InlineData(1000, 1001)]
    [InlineData(SeveralParts, SeveralParts + 1)]
    public async Task Commit_OtherSizeThanAnnounced_IsRefused(int length, int announced)
    {
        await using (var upload = await Store.BeginUploadAsync(new NewObject(Key, ExpectedSize: announced), Cancellation))
        {
            await Should.ThrowAsync<InvalidOperationException>(async () =>
            {
                await upload.WriteAsync(Content(length), Cancellation);
                await upload.CommitAsync(Wav.Sha256(Content(length)), Cancellation);
            });
        }

        (await Store.DescribeAsync(Key, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Sweep_UploadsThatNobodyWillFinish_AreRemovedAndNothingElse()
    {
        await PutAsync(Content(1000), known: true, Metadata);
        await using var abandoned = await Store.BeginUploadAsync(new NewObject(OtherKey, Metadata: Metadata), Cancellation);
        await abandoned.WriteAsync(Content(SeveralParts), Cancellation);
        await Eventually.BecomesTrueAsync(async () => await CountPartsAsync(OtherKey) == PartsOfSeveral);

        (await Store.SweepAsync(TimeSpan.FromHours(1), Cancellation)).ShouldBe(0);
        (await CountPartsAsync(OtherKey)).ShouldBe(PartsOfSeveral);

        // Older than in an hour: all of it.
        (await Store.SweepAsync(TimeSpan.FromHours(-1), Cancellation)).ShouldBe(Sweeps ? 1 : 0);

        (await ListObjectsAsync()).ShouldContain(Key.Value);
        (await CountPartsAsync(OtherKey)).ShouldBe(Sweeps ? 0 : PartsOfSeveral);
        (await Store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Metadata.ShouldBe(Metadata, ignoreOrder: true);
        await ShouldHoldAsync(Content(1000));
        (await Store.SweepAsync(TimeSpan.FromHours(-1), Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task OpenRead_NothingThere_IsNull() =>
        (await Store.OpenReadAsync(Key, Cancellation)).ShouldBeNull();

    [Fact]
    public async Task Check_StoreIsThere_ReturnsAndLeavesNothing()
    {
        await Store.CheckAsync(Cancellation);

        (await ListEverythingAsync()).ShouldBeEmpty();
    }

    internal static byte[] Content(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private protected async Task PutAsync(byte[] content, bool known, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sha256 = Wav.Sha256(content);
        var newObject = known ? new NewObject(Key, sha256, content.Length, metadata) : new NewObject(Key, Metadata: metadata);
        await using var upload = await Store.BeginUploadAsync(newObject, Cancellation);
        for (var at = 0; at < content.Length; at += 131_072)
        {
            await upload.WriteAsync(content.AsMemory(at, Math.Min(131_072, content.Length - at)), Cancellation);
        }

        await upload.CommitAsync(sha256, Cancellation);
    }

    private protected async Task ShouldHoldAsync(byte[] expected)
    {
        await using var stored = (await Store.OpenReadAsync(Key, Cancellation)).ShouldNotBeNull();
        stored.Size.ShouldBe(expected.Length);

        // Not ShouldBe, which compares object by object.
        (await ReadAllAsync(stored.Body)).AsSpan().SequenceEqual(expected).ShouldBeTrue("the store gives back other bytes than it was given");
    }

    private static async Task<byte[]> ReadAllAsync(Stream body)
    {
        using var content = new MemoryStream();
        await body.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }
}
