using System.Net;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>The archiver with its store in Azure, by a signature that must not be written down anywhere.</summary>
public sealed class AzureBlobTransferTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(milliseconds: 700_000); // 11 MB: three blocks
    private AzureBlobServer _server = null!;
    private CuttingProxy _proxy = null!;
    private string _container = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _server = await AzureBlobServer.SharedAsync();
        _container = await _server.CreateContainerAsync();
        _proxy = new CuttingProxy(new Uri(_server.Endpoint));
        var sas = new AzureSas { Account = _server.Account, Container = _container, Permissions = "rcw", ExpiresOn = DateTimeOffset.UtcNow.AddHours(1) };
        Settings["BURQI_STORE"] = "azure";
        Settings["AZURE_STORAGE_CONTAINER"] = _container;
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = _server.ConnectionStringOf(sas).Replace(_server.Endpoint, $"{_proxy.Address}/{_server.Account}");
        Settings["Archiver:Azure:BlockSize"] = "5242880";
        Settings["Archiver:Azure:RetryDelay"] = "00:00:00.010";
    }

    public override async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Captured_ConnectionsBreakOnTheWayInAndOut_EndsWholeAndVerified()
    {
        var message = Captured(_content);
        Peer.Serve(ContentPath(message.RecordingId), _content);
        await using var archiver = await StartArchiverAsync();
        _proxy.CutRequests(times: 2, afterBytes: 3 * 1024 * 1024);
        _proxy.CutAnswers(times: 1, afterBytes: 3 * 1024 * 1024);

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        _proxy.Made.ShouldBe(3);
        job.Attempts.ShouldBe(2, "a block that broke off was sent again at once; what could not be read back, with the next attempt");
        var archived = await Eventually.ReturnsAsync(() => Task.FromResult(archiver.Published.Of<RecordingArchived>().SingleOrDefault()));
        (archived.Store, archived.FileSize, archived.Sha256).ShouldBe(("azure", _content.Length, Wav.Sha256(_content)));
        archived.ObjectUrl.ShouldBe($"{_proxy.Address}/{_server.Account}/{_container}/{archived.ObjectKey}");
        using var stored = await _server.SendAsync(HttpMethod.Get, $"{_container}/{archived.ObjectKey}");
        (await stored.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).AsSpan().SequenceEqual(_content).ShouldBeTrue();
        (await _server.CountUncommittedBlocksAsync(_container, archived.ObjectKey)).ShouldBe(0);
        (await ScalarAsync<string>("select (to_jsonb(j) - 'source_details')::text from archiver.jobs j")).ShouldNotContain("sig=");
    }

    [Fact]
    public async Task Captured_ContainerIsMadeLater_WaitsAndSaysWhatIsMissing()
    {
        using var gone = await _server.SendAsync(HttpMethod.Delete, _container, "restype=container");
        gone.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var message = Captured(Wav.Create(500));
        Peer.Serve(ContentPath(message.RecordingId), Wav.Create(500));
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var waiting = await JobAsync(message.RecordingId, job => job.LastFailure == nameof(TransferFailure.StoreUnavailable));
        waiting.LastError.ShouldBe(
            $"The store failed: Azure Blob storage answered 404 ContainerNotFound: container '{_container}' is not in account '{_server.Account}', and Burqi makes none.");
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Degraded);
        using var made = await _server.SendAsync(HttpMethod.Put, _container, "restype=container");
        made.StatusCode.ShouldBe(HttpStatusCode.Created);

        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Healthy);
    }
}
