using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Sources.Acs;
using Burqi.Archiver.Sources.LiveKit;
using Burqi.Contracts;
using Burqi.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>The end of a provider's copy, which is never the end of a recording of ours.</summary>
public sealed class ProviderCopyTests : IAsyncLifetime
{
    private const string Key = "recordings/front-desk_20261120_235958.ogg";

    private S3Server _server = null!;
    private AmazonS3Client _client = null!;
    private string _bucket = "";

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.SharedAsync();
        _bucket = await _server.CreateBucketAsync();
        _client = _server.CreateClient();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("s3", "s3", Key, Key, true)] // the recording itself
    [InlineData("s3", null, Key, Key, true)]
    [InlineData("s3", "s3", Key, "recordings/front-desk_20261120_235958_2.ogg", true)] // another recording's, told of twice
    [InlineData("s3", "disk", Key, Key, false)] // it went to the fallback meanwhile
    [InlineData("disk", "disk", Key, Key, false)]
    [InlineData("s3", "s3", "acme/room.ogg", Key, false)]
    public async Task Delete_FileOfLiveKits_GoesUnlessItIsARecording(string store, string? lies, string file, string key, bool stays)
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = file, ContentBody = "audio" }, TestContext.Current.CancellationToken);
        await using var archiver = Archiver(("BURQI_STORE", store));

        await Provider(archiver, Providers.LiveKit).DeleteAsync(
            Job(Providers.LiveKit, "livekit", LiveKitDetails.Of($"s3://{_bucket}/{file}").ToJson()) with { Store = lies, ObjectKey = key }, TestContext.Current.CancellationToken);

        var left = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket }, TestContext.Current.CancellationToken);
        (left.S3Objects ?? []).Select(found => found.Key).ShouldBe(stays ? [file] : []);
    }

    [Fact]
    public async Task Delete_BucketIsNotOursAnyMore_StaysForGoodAndSaysWhy()
    {
        await using var archiver = Archiver();

        var failure = await Should.ThrowAsync<TransferException>(() => Provider(archiver, Providers.LiveKit).DeleteAsync(
            Job(Providers.LiveKit, "livekit", LiveKitDetails.Of("s3://another/room.ogg").ToJson()), TestContext.Current.CancellationToken));

        (failure.IsPermanent, failure.Message).ShouldBe(
            (true, "The recording is said to lie in another bucket than S3_RECORDING_BUCKET names. The provider's copy stays."));
    }

    [Theory]
    [InlineData(3, true, nameof(TransferFailure.Refused))] // there is no key to sign with
    [InlineData(3, false, nameof(TransferFailure.SourceUnavailable))]
    [InlineData(30, false, null)]
    [InlineData(50, true, null)]
    [InlineData(30, false, null, false)]
    public async Task Delete_FileThatAcsDeletesItself_IsWaitedFor(int hours, bool saysWhere, string? failure, bool wasTakenUp = true)
    {
        await using var archiver = Archiver();
        const string Location = "https://us-storage.asm.skype.com/v1/objects/1";
        var job = Job(Providers.Acs, AcsRecordingSource.SourceKind, AcsDetails.Describe($"{Location}/content/audio", saysWhere ? Location : null)) with
        {
            CreatedAt = DateTime.UtcNow.AddHours(-hours),
            TakenUpAt = wasTakenUp ? DateTime.UtcNow.AddHours(-hours) : null,
        };

        var exception = await Record.ExceptionAsync(() => Provider(archiver, Providers.Acs).DeleteAsync(job, TestContext.Current.CancellationToken));

        (exception as TransferException)?.Failure.ToString().ShouldBe(failure);
        (exception is null).ShouldBe(failure is null);
    }

    private static IProviderSource Provider(WebApplication archiver, string provider) =>
        archiver.Services.GetServices<IProviderSource>().Single(source => source.Provider == provider);

    private static ArchiveJob Job(string provider, string kind, string details) => new()
    {
        Id = Guid.CreateVersion7(),
        RecordingId = Guid.CreateVersion7(),
        Step = JobSteps.Archive,
        Status = JobStatuses.Completed,
        Provider = provider,
        CallId = "RM_1",
        RecordingType = "provider",
        RecordingSource = provider,
        SourceKind = kind,
        SourceDetails = details,
    };

    private WebApplication Archiver(params (string Name, string Value)[] more)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["BURQI_DATABASE_URL"] = "Host=nobody.invalid",
            ["S3_RECORDING_BUCKET"] = _bucket,
            ["AWS_ENDPOINT_URL_S3"] = _server.Endpoint,
            ["AWS_ACCESS_KEY_ID"] = _server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = _server.SecretKey,
        });
        foreach (var (name, value) in more)
        {
            builder.Configuration[name] = value;
        }

        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddArchiver();
        return builder.Build();
    }
}
