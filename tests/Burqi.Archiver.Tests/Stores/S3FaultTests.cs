using System.Collections.Concurrent;
using System.Globalization;
using Amazon.S3.Model;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Parts;
using Burqi.Archiver.Stores.S3;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>What goes wrong with S3: what passes is tried again by the part, and nothing is waited for without end.</summary>
public sealed class S3FaultTests : IAsyncLifetime
{
    private const int SeveralParts = RecordingStoreContract.SeveralParts;
    private const string Bucket = "recordings-bucket";

    private static readonly ObjectKey Key = ObjectKey.ForCapture("CA1", "user", "wav", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private HttpPeer _peer = null!;
    private S3Server _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string PeerPath => $"/{Bucket}/{Key}";

    public async ValueTask InitializeAsync()
    {
        _peer = await HttpPeer.StartAsync();
        foreach (var bucket in (string[])[$"/{Bucket}", $"/{Bucket}/"])
        {
            _peer.Answers[bucket] = (context, _) => context.Response.WriteAsync("<ListMultipartUploadsResult></ListMultipartUploadsResult>");
        }

        _server = await S3Server.SharedAsync();
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "SlowDown")]
    public async Task Part_RefusedForAMoment_IsSentAgainAlone(int status, string code)
    {
        var parts = new ConcurrentQueue<string>();
        var failures = 0;
        _peer.Answers[PeerPath] = async (context, _) =>
        {
            if (context.Request.Query["partNumber"] is [{ } number])
            {
                parts.Enqueue(number);
                if (number == "2" && Interlocked.Increment(ref failures) <= 2)
                {
                    await RefuseAsync(context, status, code);
                    return;
                }
            }

            await TakeAsync(context);
        };
        using var store = Store(_peer.BaseUrl, Bucket);

        await PutAsync(store, RecordingStoreContract.Content(SeveralParts));

        parts.Count(number => number == "2").ShouldBe(3);
        parts.Count(number => number is "1" or "3").ShouldBe(2);
        _peer.Seen.Count(seen => seen.Query.Contains("uploads", StringComparison.Ordinal) && seen.Method == "POST").ShouldBe(1);
    }

    [Fact]
    public async Task Part_RefusedAgainAndAgain_GivesUpSoonAndAbortsTheUpload()
    {
        _peer.Answers[PeerPath] = (context, _) => context.Request.Query.ContainsKey("partNumber") ? RefuseAsync(context, 500, "InternalError") : TakeAsync(context);
        using var store = Store(_peer.BaseUrl, Bucket);

        await Should.ThrowAsync<Amazon.S3.AmazonS3Exception>(() => PutAsync(store, RecordingStoreContract.Content(SeveralParts)));

        _peer.Seen.Count(seen => seen.Query.Contains("partNumber=1&", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(4);
        _peer.Seen[^1].Method.ShouldBe("DELETE");
    }

    [Fact]
    public async Task Server_HangsForEver_IsLeftAfterTheTimeout()
    {
        _peer.Answers[PeerPath] = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var store = Store(_peer.BaseUrl, Bucket, TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<Exception>(() => PutAsync(store, RecordingStoreContract.Content(1000)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation));

        _peer.Seen.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task Body_StopsInTheMiddle_ReadingIsLeftAfterTheTimeout()
    {
        _peer.Answers[PeerPath] = async (context, _) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[500]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var store = Store(_peer.BaseUrl, Bucket, TimeSpan.FromSeconds(1));

        var failure = await Should.ThrowAsync<IOException>(() => ReadAsync(store).WaitAsync(TimeSpan.FromSeconds(30), Cancellation));

        failure.Message.ShouldBe("the store sent nothing for 1 s in the middle of an object.");
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfAPart_PartIsSentAgain()
    {
        var bucket = await _server.CreateBucketAsync();
        await using var proxy = new CuttingProxy(new Uri(_server.Endpoint));
        using var store = Store(proxy.Address, bucket);
        var content = RecordingStoreContract.Content(SeveralParts);
        proxy.CutRequests(times: 2, afterBytes: 3 * 1024 * 1024);

        await PutAsync(store, content);

        proxy.Made.ShouldBe(2);
        (await ReadAsync(store)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        using var client = _server.CreateClient();
        (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, Cancellation)).MultipartUploads.ShouldBeNull();
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfAnAnswer_ReadingThrows()
    {
        var bucket = await _server.CreateBucketAsync();
        await using var proxy = new CuttingProxy(new Uri(_server.Endpoint));
        using var store = Store(proxy.Address, bucket);
        await PutAsync(store, RecordingStoreContract.Content(SeveralParts));
        proxy.CutAnswers(times: 1, afterBytes: 3 * 1024 * 1024);

        await Should.ThrowAsync<IOException>(() => ReadAsync(store));

        (await ReadAsync(store)).Length.ShouldBe(SeveralParts);
    }

    [Fact]
    public async Task Sweep_OneUploadCannotBeAborted_OthersAreAndItIsSaid()
    {
        var uploads = string.Concat(Enumerable.Range(1, 4).Select(number =>
            $"<Upload><Key>{Key}</Key><UploadId>{number}</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>"));
        foreach (var bucket in (string[])[$"/{Bucket}", $"/{Bucket}/"])
        {
            _peer.Answers[bucket] = (context, _) => context.Response.WriteAsync($"<ListMultipartUploadsResult>{uploads}</ListMultipartUploadsResult>");
        }

        _peer.Answers[PeerPath] = (context, _) => context.Request.Query["uploadId"].ToString() switch
        {
            "1" => RefuseAsync(context, 404, "NoSuchUpload"),
            "2" => RefuseAsync(context, 403, "AccessDenied"),
            _ => TakeAsync(context),
        };
        using var store = Store(_peer.BaseUrl, Bucket);

        var failure = await Should.ThrowAsync<IncompleteSweepException>(() => store.SweepAsync(TimeSpan.FromHours(1), Cancellation));

        failure.Removed.ShouldBe(2);
        failure.Message.ShouldStartWith("1 could not be removed, the first because: ");
        _peer.Seen.Count(seen => seen.Method == "DELETE").ShouldBe(4);
    }

    [Theory]
    [InlineData("AES256", "", 1000)]
    [InlineData("AES256", "", SeveralParts)]
    [InlineData("aws:kms", "", 1000)]
    [InlineData("aws:kms", "alias/recordings", 1000)]
    [InlineData("aws:kms", "alias/recordings", SeveralParts)]
    [InlineData("none", "", SeveralParts)]
    public async Task ServerSideEncryption_AskedFor_IsAskedOfEveryObjectThatIsMade(string encryption, string key, int length)
    {
        var asked = new ConcurrentQueue<(string What, string Encryption, string Key)>();
        _peer.Answers[PeerPath] = (context, _) =>
        {
            var what = context.Request.Query.ContainsKey("partNumber") ? "part"
                : context.Request.Headers.ContainsKey("x-amz-copy-source") ? "copy"
                : context.Request.Query.ContainsKey("uploadId") ? "end"
                : context.Request.Method is "PUT" or "POST" ? "make"
                : "look";
            asked.Enqueue((what, context.Request.Headers["x-amz-server-side-encryption"].ToString(), context.Request.Headers["x-amz-server-side-encryption-aws-kms-key-id"].ToString()));
            return TakeAsync(context);
        };
        using var store = Store(_peer.BaseUrl, Bucket, configure: options => (options.ServerSideEncryption, options.KmsKeyId) = (encryption, key));

        await PutAsync(store, RecordingStoreContract.Content(length));
        await store.ReplaceMetadataAsync(Key, new Dictionary<string, string> { ["a"] = "b" }, Cancellation);

        var expected = (encryption == "none" ? "" : encryption, key);
        foreach (var what in (string[])["make", "copy"])
        {
            asked.Where(one => one.What == what).Select(one => (one.Encryption, one.Key)).ShouldNotBeEmpty();
            asked.Where(one => one.What == what).ShouldAllBe(one => one.Encryption == expected.Item1 && one.Key == expected.Item2);
        }

        asked.Where(one => one.What is "part" or "end").ShouldAllBe(one => one.Encryption.Length == 0);
    }

    [Theory]
    [InlineData("cool", "STANDARD_IA")]
    [InlineData("archive", "GLACIER")]
    public async Task SetTier_OfAnObject_IsCopiedOntoItselfInThatClassWithAllItsMetadata(string tier, string storageClass)
    {
        var copies = new ConcurrentQueue<Dictionary<string, string>>();
        _peer.Answers[PeerPath] = (context, _) =>
        {
            if (context.Request.Headers.ContainsKey("x-amz-copy-source"))
            {
                copies.Enqueue(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            }

            return TakeAsync(context);
        };
        using var store = Store(_peer.BaseUrl, Bucket);

        (await store.SetTierAsync(Key, tier, Cancellation)).ShouldBeTrue();

        var copy = copies.ShouldHaveSingleItem();
        copy["x-amz-storage-class"].ShouldBe(storageClass);
        copy["x-amz-metadata-directive"].ShouldBe("REPLACE");
        copy["x-amz-copy-source-if-match"].ShouldBe("\"etag\"");
        copy["x-amz-meta-sha256"].ShouldBe("checksum");
        copy["x-amz-meta-burqikeyid"].ShouldBe("key-1");
        copy["Content-Type"].ShouldBe("audio/wav");
    }

    [Fact]
    public async Task SetTier_ServerHasNoSuchClass_IsSaid()
    {
        var bucket = await _server.CreateBucketAsync();
        using var store = Store(_server.Endpoint, bucket);
        await PutAsync(store, RecordingStoreContract.Content(1000));

        (await store.SetTierAsync(Key, "hot", Cancellation)).ShouldBeTrue();
        (await store.SetTierAsync(Key, "cool", Cancellation)).ShouldBeFalse();

        (await store.DescribeAsync(Key, Cancellation)).ShouldNotBeNull().Tier.ShouldBe("hot");
    }

    private static S3RecordingStore Store(string endpoint, string bucket, TimeSpan? timeout = null, Action<S3StoreOptions>? configure = null)
    {
        var server = S3Server.SharedAsync().GetAwaiter().GetResult();
        var options = new S3StoreOptions
        {
            Enabled = true,
            Bucket = bucket,
            EndpointUrl = endpoint,
            AccessKeyId = server.AccessKey,
            SecretAccessKey = server.SecretKey,
            PartSize = 5 * 1024 * 1024,
            RequestTimeout = timeout ?? TimeSpan.FromMinutes(2),
        };
        configure?.Invoke(options);
        return new S3RecordingStore(Options.Create(options), new PartBuffers(Options.Create(new PartOptions { Parallel = 2 })), TimeProvider.System);
    }

    private static async Task PutAsync(S3RecordingStore store, byte[] content)
    {
        await using var upload = await store.BeginUploadAsync(new NewObject(Key, Wav.Sha256(content), content.Length), Cancellation);
        await upload.WriteAsync(content, Cancellation);
        await upload.CommitAsync(Wav.Sha256(content), Cancellation);
    }

    private static async Task<byte[]> ReadAsync(S3RecordingStore store)
    {
        await using var stored = (await store.OpenReadAsync(Key, Cancellation)).ShouldNotBeNull();
        using var content = new MemoryStream();
        await stored.Body.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }

    /// <summary>Answers as S3 does that takes everything and holds an object.</summary>
    private static async Task TakeAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.Headers.ETag = "\"etag\"";
        if (context.Request.Method == "HEAD")
        {
            context.Response.ContentType = "audio/wav";
            context.Response.ContentLength = 1000;
            context.Response.Headers["x-amz-meta-sha256"] = "checksum";
            context.Response.Headers["x-amz-meta-burqikeyid"] = "key-1";
            return;
        }

        var answer = context.Request.Query.ContainsKey("uploads") ? "<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>"
            : context.Request.Query.ContainsKey("uploadId") && context.Request.Method == "POST" ? "<CompleteMultipartUploadResult><ETag>\"etag\"</ETag></CompleteMultipartUploadResult>"
            : context.Request.Headers.ContainsKey("x-amz-copy-source") ? "<CopyObjectResult><ETag>\"etag\"</ETag></CopyObjectResult>"
            : "";
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(answer);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"<Error><Code>{code}</Code><Message>not now</Message></Error>"));
    }
}
