using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>Servers that the archiver needs go away and come back.</summary>
public sealed class OutageTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(500);

    [Fact]
    public async Task Store_IsAwayForAWhile_RecordingWaitsForItAndHealthSaysSo()
    {
        await using var server = await S3Server.StartAsync();
        Settings["BURQI_STORE"] = "s3";
        Settings["S3_RECORDING_BUCKET"] = await server.CreateBucketAsync();
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Healthy);
        await server.KillAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.LastFailure == nameof(TransferFailure.StoreUnavailable));
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Degraded);
        await server.RestartAsync();

        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        job.Store.ShouldBe("s3");
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Database_IsNotThereAtStartAndGoesAwayLater_NoMessageIsLost()
    {
        await using var server = await PostgresServer.StartAsync();
        var connection = await server.CreateDatabaseAsync();
        await UseDatabaseAsync(connection);
        await server.KillAsync();
        var (first, second) = (Captured(_content), Captured(_content, "mixed"));
        Peer.Serve(ContentPath(first.RecordingId), _content);
        Peer.Serve(ContentPath(second.RecordingId), _content);

        await using var archiver = await StartArchiverAsync();
        var health = await archiver.CheckAsync("archiver-database");
        health.Status.ShouldBe(HealthStatus.Unhealthy);
        health.Description.ShouldNotBeNull().ShouldContain("BURQI_DATABASE_URL");
        await archiver.PublishAsync(first);
        await server.RestartAsync();
        await JobAsync(first.RecordingId, job => job.Status == JobStatuses.Completed);
        (await archiver.CheckAsync("archiver-database")).Status.ShouldBe(HealthStatus.Healthy);

        await server.KillAsync();
        await archiver.PublishAsync(second);
        (await archiver.CheckAsync("archiver-database")).Status.ShouldBe(HealthStatus.Unhealthy);
        await server.RestartAsync();

        await JobAsync(second.RecordingId, job => job.Status == JobStatuses.Completed);
    }
}
