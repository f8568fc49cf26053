using Amazon.S3.Model;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources.Acs;
using Burqi.Archiver.Sources.LiveKit;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>LiveKit's file in an S3 bucket.</summary>
public sealed class LiveKitS3SourceTests : RecordingSourceContract
{
    private const string Key = "acme/the room's_2026-01-15T102030 +ü.wav"; // rooms are named by people

    private S3Server _server = null!;
    private string _bucket = "";

    protected override string Kind => LiveKitRecordingSource.SourceKind;

    [Theory]
    [InlineData("s3://another-bucket/recordings/room_20260115_102030.ogg", "The recording is said to lie in another bucket than S3_RECORDING_BUCKET names.")]
    [InlineData("https://burqi.blob.core.windows.net/recordings/room.ogg", "The recording lies in a container of Azure Blob storage, and AZURE_STORAGE_… do not name one that Burqi may read.")]
    public async Task Open_AnotherBucket_IsNeverAsked(string location, string why)
    {
        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync(LiveKitDetails.Of(location).ToJson()));

        (failure.Failure, failure.Message).ShouldBe((TransferFailure.SourceRefused, why));
    }

    [Fact]
    public async Task Open_BucketIsMissing_IsNotTakenForAMissingRecording()
    {
        using var client = _server.CreateClient();
        await client.DeleteBucketAsync(_bucket, TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync(tryingFor: TimeSpan.FromHours(1)));

        failure.IsPermanent.ShouldBeFalse();
        await client.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Delete_Object_IsGoneAlsoTheSecondTime()
    {
        await PutAsync(Content);
        var source = Service<LiveKitRecordingSource>();

        await source.DeleteAsync(LiveKitDetails.Parse(Details()), TestContext.Current.CancellationToken);
        await source.DeleteAsync(LiveKitDetails.Parse(Details()), TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<TransferException>(() => OpenAsync())).Failure.ShouldBe(TransferFailure.SourceNotReady);
    }

    private protected override async Task<Uri> StartServerAsync()
    {
        _server = await S3Server.SharedAsync();
        _bucket = await _server.CreateBucketAsync();
        return new Uri(_server.Endpoint);
    }

    private protected override IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>
    {
        ["S3_RECORDING_BUCKET"] = _bucket,
        ["AWS_ENDPOINT_URL_S3"] = Proxy.Address,
        ["AWS_ACCESS_KEY_ID"] = _server.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = _server.SecretKey,
    };

    private protected override async Task PutAsync(byte[] content)
    {
        using var client = _server.CreateClient();
        using var body = new MemoryStream(content);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = Key, InputStream = body }, TestContext.Current.CancellationToken);
    }

    private protected override string Details() => LiveKitDetails.Of($"s3://{_bucket}/{Key}").ToJson();
}

/// <summary>A file that somebody else put into our container of Azure Blob storage.</summary>
public abstract class ContainerSourceContract : RecordingSourceContract
{
    private AzureBlobServer _server = null!;
    private string _container = "";

    protected abstract string BlobName { get; }

    private protected Uri Location => new($"{Proxy.Address}/{_server.Account}/{_container}/{BlobName}");

    [Theory]
    [InlineData("{0}/{1}/other/{3}")]
    [InlineData("{0}/other/{2}/{3}")]
    [InlineData("https://storage.example/{1}/{2}/{3}")]
    [InlineData("{0}/{1}/{2}/{3}?sv=1")]
    [InlineData("{0}/{1}/{2}/../other/{3}")]
    [InlineData("{0}/{1}/{2}/..%2Fother/{3}")]
    [InlineData("{0}/{1}/{2}/a/%2E%2E%2F..%2F..%2Fother/{3}")]
    [InlineData("{0}/{1}/{2}")]
    [InlineData("{0}/{1}/{2}/")]
    public async Task Open_AnotherContainer_IsNeverAsked(string location)
    {
        await PutAsync(Content);
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, location, Proxy.Address, _server.Account, _container, BlobName);

        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync(Describe(address)));

        failure.Failure.ShouldBe(TransferFailure.SourceRefused);
    }

    [Fact]
    public async Task Delete_BlobOfAnotherContainerByDots_IsRefused()
    {
        var other = await _server.CreateContainerAsync();
        await _server.PutAsync(other, "somebody-elses.wav", Content);

        var forged = new Uri($"{Proxy.Address}/{_server.Account}/{_container}/..%2F{other}/somebody-elses.wav");
        (await Should.ThrowAsync<TransferException>(() => DeleteAsync(forged))).Failure.ShouldBe(TransferFailure.SourceRefused);

        (await _server.ListAsync(other)).ShouldBe(["somebody-elses.wav"]);
    }

    [Fact]
    public async Task Delete_Blob_IsGoneAlsoTheSecondTime()
    {
        await PutAsync(Content);

        await DeleteAsync(Location);
        await DeleteAsync(Location);

        (await Should.ThrowAsync<TransferException>(() => OpenAsync())).Failure.ShouldBe(TransferFailure.SourceNotReady);
    }

    private protected override async Task<Uri> StartServerAsync()
    {
        _server = await AzureBlobServer.SharedAsync();
        _container = await _server.CreateContainerAsync();
        return new Uri(_server.Endpoint);
    }

    private protected override IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>
    {
        ["RECORDING_USE_BYOS"] = "true",
        ["AZURE_STORAGE_CONTAINER"] = _container,
        ["AZURE_STORAGE_CONNECTION_STRING"] = _server.ConnectionStringAt($"{Proxy.Address}/{_server.Account}"),
    };

    private protected override Task PutAsync(byte[] content) => _server.PutAsync(_container, BlobName, content);

    private protected override string Details() => Describe(Location.AbsoluteUri);

    private protected abstract string Describe(string location);

    private protected abstract Task DeleteAsync(Uri location);
}

/// <summary>ACS's file where ACS puts it (BYOS).</summary>
public sealed class AcsBlobSourceTests : ContainerSourceContract
{
    protected override string Kind => AcsBlobRecordingSource.SourceKind;

    protected override string BlobName => "20260115/18dea47f-b081-4107-9a5c-4300819d2c6c/eyJQbGF0Zm9ybSJ9/0-audiowav.wav";

    [Fact]
    public async Task Open_RecordingOfOurs_IsRefusedForGood()
    {
        var ours = Location.AbsoluteUri.Replace(BlobName, "recordings/2026/11/20/CA1/user_1.wav", StringComparison.Ordinal);

        (await Should.ThrowAsync<TransferException>(() => OpenAsync(Describe(ours)))).Failure.ShouldBe(TransferFailure.Refused);
        (await Should.ThrowAsync<TransferException>(
            () => Service<AcsBlobRecordingSource>().DeleteAsync(new Uri(ours), TestContext.Current.CancellationToken))).Failure.ShouldBe(TransferFailure.Refused);
    }

    private protected override string Describe(string location) => AcsDetails.Describe(location, null);

    private protected override Task DeleteAsync(Uri location) => Service<AcsBlobRecordingSource>().DeleteAsync(location, TestContext.Current.CancellationToken);
}

/// <summary>LiveKit's file in a container.</summary>
public sealed class LiveKitAzureSourceTests : ContainerSourceContract
{
    protected override string Kind => LiveKitRecordingSource.SourceKind;

    protected override string BlobName => "acme/the%20room_1.wav";

    private protected override string Describe(string location) => LiveKitDetails.Of(location).ToJson();

    private protected override Task DeleteAsync(Uri location) =>
        Service<LiveKitRecordingSource>().DeleteAsync(LiveKitDetails.Of(location.AbsoluteUri), TestContext.Current.CancellationToken);
}
