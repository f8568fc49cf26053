using Amazon.S3;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Stores.Fallback;

/// <summary>The archiver as a process that is killed on a recording's way into the fallback and out of it again.</summary>
public sealed class FallbackCrashTests : ArchiverProcessTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly byte[] _content = Wav.Create(1_500_000); // 24 MB: three parts
    private readonly string _bucket = $"test-{Guid.NewGuid():N}";
    private AmazonS3Client _s3 = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var server = await S3Server.SharedAsync();
        _s3 = server.CreateClient();
        Settings["BURQI_STORE"] = "s3";
        Settings["BURQI_FALLBACK_STORE"] = "disk";
        Settings["S3_RECORDING_BUCKET"] = _bucket;
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
        Settings["Archiver:Fallback:KeepMoved"] = "00:00:00.500";
        Settings["Archiver:Fallback:WatchInterval"] = "00:00:00.050";
        Settings["Archiver:Destinations:Break"] = "00:00:00.500";
        Settings["Archiver:Destinations:LongestBreak"] = "00:00:00.500";
        await ExecuteAsync("insert into archiver.store_states values ('s3', now() - interval '11 minutes', now(), 'It is away.')");
    }

    public override async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("step = 'archive' and store = 'disk'", false)] // it is about to be written there
    [InlineData("step = 'move' and status = 'running'", true)]
    public async Task Kill_WhenSoFar_NextProcessBringsItToTheStoreAndLeavesNothing(string state, bool storeIsBack)
    {
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await AddAsync(message);

        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            if (storeIsBack)
            {
                await Eventually.BecomesTrueAsync(() => IsAsync("step = 'archive' and status = 'completed'"), Limit, first.Output);
                await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
            }

            await Eventually.BecomesTrueAsync(() => IsAsync(state), Limit, first.Output);
            await first.KillAsync();
        }

        if (!storeIsBack)
        {
            await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        }

        await using var second = await ArchiverProcess.StartAsync(Settings);
        await Eventually.BecomesTrueAsync(() => IsAsync("step = 'move' and status = 'completed'"), Limit, second.Output);

        var job = (await JobAsync(message.RecordingId)).ShouldNotBeNull();
        (job.Status, job.Store, job.ObjectUrl, job.Sha256).ShouldBe((JobStatuses.Completed, "s3", $"s3://{_bucket}/{job.ObjectKey}", Wav.Sha256(_content)));
        StoredFiles().Where(file => !Path.GetFileName(file).StartsWith('.')).ShouldBeEmpty();
        var stored = (await _s3.ListObjectsV2Async(new() { BucketName = _bucket }, TestContext.Current.CancellationToken)).S3Objects.ShouldHaveSingleItem();
        (stored.Key, stored.Size).ShouldBe((job.ObjectKey, _content.Length));
        (await _s3.ListMultipartUploadsAsync(_bucket, TestContext.Current.CancellationToken)).MultipartUploads.ShouldBeNull();
    }

    private Task<bool> IsAsync(string state) => ScalarAsync<bool>($"select exists (select from archiver.jobs where {state})");
}
