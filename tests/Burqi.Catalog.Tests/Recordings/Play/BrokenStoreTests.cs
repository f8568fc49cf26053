using System.Net;
using Burqi.Catalog.Content;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>A store that fails, before or after the answer has begun.</summary>
public sealed class BrokenStoreTests(BrokenStoreTests.BrokenStoreHost catalog) : IClassFixture<BrokenStoreTests.BrokenStoreHost>
{
    [Theory]
    [InlineData("throws")]
    [InlineData("ends")]
    public async Task Get_StoreBreaksOff_BreaksTheResponseOffAndCountsIt(string how)
    {
        using var failed = new MetricCounter("burqi.catalog.content.responses", catalog.Services, ("ending", "store-failed"));
        var told = new Told();
        await catalog.TellAsync(told.Archived(how, fileSize: 1_000_000));

        using var response = await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(async () => await response.Content.ReadAsByteArrayAsync());

        await Eventually.BecomesTrueAsync(() => failed.Total == 1);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Request_StoreCannotBeAsked_Is503AndCounted(string method)
    {
        using var failed = new MetricCounter("burqi.catalog.content.responses", catalog.Services, ("ending", "store-failed"));
        var told = new Told();
        await catalog.TellAsync(told.Archived(BrokenStore.Away, fileSize: 1_000_000));

        using var request = new HttpRequestMessage(new HttpMethod(method), $"/calls/{told.CallId}/recording/{told.Id}");
        using var response = await catalog.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        response.Headers.ETag.ShouldBeNull();
        failed.Total.ShouldBe(1);
    }

    public sealed class BrokenStoreHost : CatalogHost
    {
        protected override void ConfigureServices(IServiceCollection services) => services.AddSingleton(new RecordingContents(new BrokenStore()));
    }

    private sealed class BrokenStore : IRecordingContent
    {
        public const string Away = "away";

        private static readonly Dictionary<string, string> NoMetadata = [];

        public string Store => "broken";

        public Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken) =>
            objectKey == Away ? throw new IOException("The store is away.") : Task.FromResult<FoundContent?>(new(1_000_000, NoMetadata));

        public Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken) =>
            objectKey == Away ? throw new IOException("The store is away.") : Task.FromResult<OpenedContent?>(new(new BrokenStream(objectKey), 1_000_000, NoMetadata));
    }

    private sealed class BrokenStream(string how) : MemoryStream(new byte[300_000])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length || how == "ends" ? await base.ReadAsync(buffer, cancellationToken) : throw new IOException("The store went away.");
    }
}
