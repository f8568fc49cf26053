using System.Collections.Concurrent;
using System.Globalization;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.AzureBlob;
using Burqi.Archiver.Tests.Support;
using Burqi.AzureBlob;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>What goes wrong with Azure: each refusal is a sentence that says what to do, and what passes is tried again.</summary>
public sealed class AzureBlobFaultTests : IAsyncLifetime
{
    private const int SeveralBlocks = RecordingStoreContract.SeveralParts;
    private const string Container = "recordings";

    private static readonly ObjectKey Key = ObjectKey.ForCapture("CA1", "user", "wav", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private HttpPeer _peer = null!;
    private AzureBlobServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string PeerConnection => $"AccountName=burqi;AccountKey=c2VjcmV0LWtleQ==;BlobEndpoint={_peer.BaseUrl}/burqi";

    private string PeerPath => $"/burqi/{Container}/{Key}";

    public async ValueTask InitializeAsync()
    {
        _peer = await HttpPeer.StartAsync();
        _server = await AzureBlobServer.SharedAsync();
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    [Fact]
    public async Task Key_IsWrong_TheSentenceNamesTheAccountAndNoSecret()
    {
        const string WrongKey = "d3Jvbmcta2V5";
        using var store = AzureStore.Create($"AccountName={_server.Account};AccountKey={WrongKey};BlobEndpoint={_server.Endpoint}", await _server.CreateContainerAsync());

        foreach (var failure in (AzureBlobException[])[await CheckFailsAsync(store), await ReadFailsAsync(store), await PutFailsAsync(store)])
        {
            (failure.Status, failure.Code).ShouldBe((403, "AuthorizationFailure"));
            failure.Message.ShouldBe(
                "Azure Blob storage answered 403 AuthorizationFailure: the key is not one of account 'burqitests', or the account's network rules keep this machine out.");
            failure.ToString().ShouldNotContain(WrongKey);
        }
    }

    [Fact]
    public async Task Container_IsMissing_TheSentenceSaysThatNobodyMakesIt()
    {
        using var store = AzureStore.Create(_server.ConnectionString, "not-there");

        foreach (var failure in (AzureBlobException[])[await CheckFailsAsync(store), await ReadFailsAsync(store), await PutFailsAsync(store), await PutFailsAsync(store, SeveralBlocks)])
        {
            failure.Message.ShouldBe("Azure Blob storage answered 404 ContainerNotFound: container 'not-there' is not in account 'burqitests', and Burqi makes none.");
        }
    }

    [Fact]
    public async Task Signature_ForReadingOnly_TheSentenceSaysWhichPermissionsAreNeeded()
    {
        var container = await _server.CreateContainerAsync();
        using var store = AzureStore.Create(_server.ConnectionStringOf(Sas(container) with { Permissions = "r" }), container);

        await store.CheckAsync(Cancellation);
        var failure = await PutFailsAsync(store);
        (failure.Status, failure.Code).ShouldBe((403, "AuthorizationPermissionMismatch"));
        failure.Message.ShouldEndWith("the shared access signature lacks a permission (rcw to archive, d to delete, r to play).");
        failure.ToString().ShouldNotContain("sig=");
    }

    [Fact]
    public async Task Signature_Expired_TheSentenceSaysWhen()
    {
        var container = await _server.CreateContainerAsync();
        var expired = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using var store = AzureStore.Create(_server.ConnectionStringOf(Sas(container) with { ExpiresOn = expired }), container);

        (await CheckFailsAsync(store)).Message.ShouldEndWith("the shared access signature expired at 2026-01-02 03:04:05Z.");
    }

    [Fact]
    public async Task Object_IsLeased_IsSaidAndNotReplaced()
    {
        var container = await _server.CreateContainerAsync();
        using var store = AzureStore.Create(_server.ConnectionString, container);
        await PutAsync(store, RecordingStoreContract.Content(1000));
        using var leased = await _server.SendAsync(
            HttpMethod.Put, $"{container}/{Key}", "comp=lease", content: null, ("x-ms-lease-action", "acquire"), ("x-ms-lease-duration", "60"));
        leased.EnsureSuccessStatusCode();

        (await PutFailsAsync(store)).Message.ShouldBe(
            "Azure Blob storage answered 412 LeaseIdMissing: somebody holds a lease on the object, and it may not be replaced until the lease ends.");
        (await ReadAsync(store)).AsSpan().SequenceEqual(RecordingStoreContract.Content(1000)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(400, "InvalidBlockList", "blocks of this upload are gone, because another upload of the same object ended in between")]
    [InlineData(403, "AuthenticationFailed", "the key is not one of account 'burqi'")]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "the account takes no account keys")]
    [InlineData(409, "BlobImmutableDueToPolicy", "an object of this name is there and may not be replaced")]
    [InlineData(409, "BlobArchived", "the object lies in the archive tier")]
    [InlineData(409, "ContainerBeingDeleted", "container 'recordings' is being deleted")]
    [InlineData(412, "ConditionNotMet", "the object was changed in between")]
    [InlineData(413, "RequestBodyTooLarge", "the request is too large for it: make Archiver:Azure:BlockSize smaller")]
    [InlineData(418, null, "that was not expected")]
    public async Task Put_RefusedForGood_IsAskedOnceAndSaysWhy(int status, string? code, string meaning)
    {
        _peer.Answers[PeerPath] = (context, _) => RefuseAsync(context, status, code);
        using var store = AzureStore.Create(PeerConnection, Container);

        var failure = await PutFailsAsync(store);

        _peer.Seen.Count.ShouldBe(1);
        failure.Message.ShouldStartWith($"Azure Blob storage answered {status}{(code is null ? "" : " " + code)}: {meaning}");
        failure.ToString().ShouldNotContain("c2VjcmV0LWtleQ");
        failure.ToString().ShouldNotContain("SharedKey ");
    }

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(503, "ServerBusy")]
    [InlineData(429, null)]
    public async Task Put_RefusedForAMoment_IsAskedAgainAndSignedAnew(int status, string? code)
    {
        var dates = new ConcurrentQueue<string>();
        _peer.Answers[PeerPath] = (context, number) =>
        {
            dates.Enqueue(context.Request.Headers["x-ms-date"].ToString());
            return number < 2 ? RefuseAsync(context, status, code) : CreatedAsync(context);
        };
        var clock = new StrideClock(TimeSpan.FromSeconds(1));
        using var store = AzureStore.Create(PeerConnection, Container, clock);

        await PutAsync(store, RecordingStoreContract.Content(1000));

        _peer.Seen.Count.ShouldBe(3);
        dates.ShouldBeUnique();
        _peer.Seen.Select(seen => seen.Authorization).ShouldBeUnique();
    }

    [Theory]
    [InlineData(500, "InternalError", "it has a fault of its own at the moment.")]
    [InlineData(503, "ServerBusy", "it is too busy at the moment.")]
    public async Task Put_RefusedAgainAndAgain_GivesUpSoon(int status, string code, string meaning)
    {
        _peer.Answers[PeerPath] = (context, _) => RefuseAsync(context, status, code);
        using var store = AzureStore.Create(PeerConnection, Container);

        (await PutFailsAsync(store)).Message.ShouldBe($"Azure Blob storage answered {status} {code}: {meaning}");

        _peer.Seen.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Put_AskedToComeBackMuchLater_IsNotSleptThrough()
    {
        _peer.Answers[PeerPath] = (context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return RefuseAsync(context, 503, "ServerBusy");
        };
        using var store = AzureStore.Create(PeerConnection, Container);

        (await PutFailsAsync(store)).Status.ShouldBe(503);

        _peer.Seen.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(40, "this machine's clock is 40 minutes ahead of Azure's")]
    [InlineData(-40, "this machine's clock is 40 minutes behind Azure's")]
    public async Task Clock_IsWrong_TheSentenceSaysByHowMuch(int minutes, string meaning)
    {
        var azure = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        _peer.Answers[PeerPath] = (context, _) =>
        {
            context.Response.Headers.Date = azure.ToString("R", CultureInfo.InvariantCulture);
            return RefuseAsync(context, 403, "AuthenticationFailed");
        };
        using var store = AzureStore.Create(PeerConnection, Container, new StrideClock(TimeSpan.Zero, azure.AddMinutes(minutes)));

        (await PutFailsAsync(store)).Message.ShouldBe(
            $"Azure Blob storage answered 403 AuthenticationFailed: {meaning}, which takes no request dated more than 15 minutes from its own.");
    }

    [Fact]
    public async Task Server_IsNotThere_TheSentenceSaysWhere()
    {
        var authority = new Uri(_peer.BaseUrl).Authority;
        using var store = AzureStore.Create(PeerConnection, Container);
        await _peer.DisposeAsync();

        var failure = await CheckFailsAsync(store);

        failure.Status.ShouldBe(0);
        failure.Message.ShouldStartWith($"Azure Blob storage at {authority} was not reached: the connection failed (");
    }

    [Fact]
    public async Task Server_HangsForEver_IsLeftAfterTheTimeout()
    {
        _peer.Answers[PeerPath] = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var store = AzureStore.Create(PeerConnection, Container, requestTimeout: TimeSpan.FromMilliseconds(100));

        (await PutFailsAsync(store)).Message.ShouldEndWith("was not reached: it did not answer in time.");
        _peer.Seen.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfABlock_BlockIsSentAgain()
    {
        var container = await _server.CreateContainerAsync();
        await using var proxy = new CuttingProxy(new Uri(_server.Endpoint));
        using var store = AzureStore.Create(_server.ConnectionStringAt($"{proxy.Address}/{_server.Account}"), container);
        var content = RecordingStoreContract.Content(SeveralBlocks);
        proxy.CutRequests(times: 3, afterBytes: 3 * 1024 * 1024);

        await PutAsync(store, content);

        proxy.Made.ShouldBe(3);
        (await ReadAsync(store)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await _server.CountUncommittedBlocksAsync(container, Key.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfAnAnswer_ReadingThrows()
    {
        var container = await _server.CreateContainerAsync();
        await using var proxy = new CuttingProxy(new Uri(_server.Endpoint));
        using var store = AzureStore.Create(_server.ConnectionStringAt($"{proxy.Address}/{_server.Account}"), container);
        await PutAsync(store, RecordingStoreContract.Content(SeveralBlocks));
        proxy.CutAnswers(times: 1, afterBytes: 3 * 1024 * 1024);

        await Should.ThrowAsync<IOException>(() => ReadAsync(store));

        (await ReadAsync(store)).Length.ShouldBe(SeveralBlocks);
    }

    /// <summary>Killed between making the empty blob and deleting it, or never told that it was made.</summary>
    [Fact]
    public async Task Sweep_EmptyBlobWasNotDeleted_IsMarkedAndTheOthersAreSwept()
    {
        var other = $"{Key}.other";
        var block = Convert.ToBase64String([.. Guid.CreateVersion7().ToByteArray(bigEndian: true), 0, 0, 0, 1]);
        var marks = new ConcurrentQueue<string>();
        _peer.Answers[$"/burqi/{Container}"] = (context, _) => context.Request.Method == "HEAD"
            ? Task.CompletedTask
            : context.Response.WriteAsync($"<EnumerationResults><Blobs><Blob><Name>{Key}</Name></Blob><Blob><Name>{other}</Name></Blob></Blobs></EnumerationResults>");
        foreach (var name in (string[])[Key.Value, other])
        {
            _peer.Answers[$"/burqi/{Container}/{name}"] = (context, _) =>
            {
                switch (context.Request.Method)
                {
                    case "HEAD":
                        return RefuseAsync(context, 404, "BlobNotFound");
                    case "GET":
                        return context.Response.WriteAsync($"<BlockList><UncommittedBlocks><Block><Name>{block}</Name></Block></UncommittedBlocks></BlockList>");
                    case "PUT":
                        marks.Enqueue(context.Request.Headers["x-ms-meta-burqidiscarded"].ToString());
                        context.Response.Headers.ETag = "\"made\"";
                        return CreatedAsync(context);
                    default:
                        context.Response.StatusCode = 202;
                        return name == other ? Task.CompletedTask : RefuseAsync(context, 409, "ContainerDisabled");
                }
            };
        }

        using var store = AzureStore.Create(PeerConnection, Container);

        var failure = await Should.ThrowAsync<IncompleteSweepException>(() => store.SweepAsync(TimeSpan.FromHours(-1), Cancellation));

        failure.Removed.ShouldBe(1);
        marks.ShouldBe(["1", "1"]);
    }

    [Fact]
    public async Task Write_LongContent_BlocksGoUpAtOnceUpToTheLimit()
    {
        const int Limit = 3;
        const int Blocks = 8;
        var (underWay, most) = (0, 0);
        var release = new TaskCompletionSource();
        _peer.Answers[PeerPath] = async (context, _) =>
        {
            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            await release.Task;
            await CreatedAsync(context);
            Interlocked.Decrement(ref underWay);
        };
        using var store = AzureStore.Create(PeerConnection, Container, parallelParts: Limit);
        var content = RecordingStoreContract.Content(Blocks * 5 * 1024 * 1024);

        var putting = PutAsync(store, content);
        await Eventually.BecomesTrueAsync(() => Volatile.Read(ref underWay) == Limit);
        putting.IsCompleted.ShouldBeFalse("nobody holds more than the limit in memory");
        release.SetResult();
        await putting;

        most.ShouldBe(Limit);
        _peer.Seen.Count(seen => seen.Query.Contains("comp=block&", StringComparison.Ordinal)).ShouldBe(Blocks);
        _peer.Seen[^1].Query.ShouldBe("?comp=blocklist");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(SeveralBlocks)]
    public async Task EncryptionScope_Named_GoesWithEveryWrite(int length)
    {
        var scopes = new ConcurrentQueue<string>();
        _peer.Answers[PeerPath] = (context, _) =>
        {
            scopes.Enqueue(context.Request.Headers["x-ms-encryption-scope"].ToString());
            return CreatedAsync(context);
        };
        using var store = AzureStore.Create(PeerConnection, Container, encryptionScope: "recordings-2026");

        await PutAsync(store, RecordingStoreContract.Content(length));

        scopes.Count.ShouldBe(length == SeveralBlocks ? 4 : 1);
        scopes.ShouldAllBe(scope => scope == "recordings-2026");
    }

    private AzureSas Sas(string container) => new()
    {
        Account = _server.Account,
        Container = container,
        Permissions = "rcw",
        ExpiresOn = DateTimeOffset.UtcNow.AddHours(1),
    };

    private static async Task PutAsync(AzureBlobRecordingStore store, byte[] content)
    {
        await using var upload = await store.BeginUploadAsync(new NewObject(Key), Cancellation);
        await upload.WriteAsync(content, Cancellation);
        await upload.CommitAsync(Wav.Sha256(content), Cancellation);
    }

    private static async Task<byte[]> ReadAsync(AzureBlobRecordingStore store)
    {
        await using var stored = (await store.OpenReadAsync(Key, Cancellation)).ShouldNotBeNull();
        using var content = new MemoryStream();
        await stored.Body.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }

    private static Task<AzureBlobException> CheckFailsAsync(AzureBlobRecordingStore store) => Should.ThrowAsync<AzureBlobException>(() => store.CheckAsync(Cancellation));

    private static Task<AzureBlobException> ReadFailsAsync(AzureBlobRecordingStore store) => Should.ThrowAsync<AzureBlobException>(() => store.OpenReadAsync(Key, Cancellation));

    private static Task<AzureBlobException> PutFailsAsync(AzureBlobRecordingStore store, int length = 1000) =>
        Should.ThrowAsync<AzureBlobException>(() => PutAsync(store, RecordingStoreContract.Content(length)));

    private static async Task CreatedAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private static async Task RefuseAsync(HttpContext context, int status, string? code)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = status;
        if (code is not null)
        {
            context.Response.Headers["x-ms-error-code"] = code;
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    /// <summary>A clock that goes on by a stride whenever it is looked at.</summary>
    private sealed class StrideClock(TimeSpan stride, DateTimeOffset? start = null) : TimeProvider
    {
        private readonly DateTimeOffset _start = start ?? System.GetUtcNow();
        private int _looks;

        public override DateTimeOffset GetUtcNow() => _start + (stride * Interlocked.Increment(ref _looks));
    }
}
