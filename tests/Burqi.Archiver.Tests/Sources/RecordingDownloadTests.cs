using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>The rules of the road, over the production pipeline with a network of our own beneath it.</summary>
public sealed class RecordingDownloadTests : IAsyncDisposable
{
    private static readonly AuthenticationHeaderValue Credentials = new("Basic", "secret");

    private readonly Network _network = new();
    private readonly ServiceProvider _services;
    private readonly RecordingDownload _download;

    public RecordingDownloadTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Archiver:Download:RetryDelay"] = "00:00:00.001",
                ["Archiver:Download:BreakerThroughput"] = "6",
                ["Archiver:Download:BreakDuration"] = "00:10:00",
            })
            .Build());
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ArchiverOptions>();
        services.AddRecordingSources();
        services.AddHttpClient(RecordingDownload.ClientName).ConfigurePrimaryHttpMessageHandler(() => _network);
        _services = services.BuildServiceProvider();
        _download = _services.GetRequiredService<RecordingDownload>();
    }

    [Fact]
    public async Task Get_RedirectToAnotherHost_IsFollowedWithoutTheCredentials()
    {
        _network.Redirect("https://api.example/a", "https://cdn.example/b");
        _network.Redirect("https://cdn.example/b", "/c");
        _network.Answer("https://cdn.example/c", HttpStatusCode.OK);

        using var response = await GetAsync("https://api.example/a");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _network.Asked.ShouldBe(["https://api.example/a Basic secret", "https://cdn.example/b ", "https://cdn.example/c "]);
    }

    [Fact]
    public async Task Get_RedirectWithinTheHost_KeepsTheCredentials()
    {
        _network.Redirect("https://api.example/a", "https://API.example/b");
        _network.Answer("https://api.example/b", HttpStatusCode.OK);

        using var response = await GetAsync("https://api.example/a");

        _network.Asked.ShouldBe(["https://api.example/a Basic secret", "https://api.example/b Basic secret"]);
    }

    [Theory]
    [InlineData("http://api.example/b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://api.example/b")]
    public async Task Get_RedirectToSomethingOtherThanHttps_IsNotFollowed(string location)
    {
        _network.Redirect("https://api.example/a", location);

        var failure = await Should.ThrowAsync<TransferException>(() => GetAsync("https://api.example/a"));

        failure.Failure.ShouldBe(TransferFailure.SourceUnavailable);
        failure.IsPermanent.ShouldBeFalse();
        _network.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Get_RedirectsInACircle_EndsAfterThree()
    {
        _network.Redirect("https://api.example/a", "https://api.example/a");

        await Should.ThrowAsync<TransferException>(() => GetAsync("https://api.example/a"));

        _network.Asked.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Get_ServerFailsOnce_IsAskedAgainAtOnce()
    {
        _network.Answer("https://api.example/a", HttpStatusCode.BadGateway, HttpStatusCode.OK);

        using var response = await GetAsync("https://api.example/a");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _network.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Get_HostKeepsFailing_IsLeftAloneAndOthersAreNot()
    {
        _network.Answer("https://down.example/a", HttpStatusCode.ServiceUnavailable);
        _network.Answer("https://up.example/a", HttpStatusCode.OK);
        for (var request = 0; request < 2; request++)
        {
            (await GetAsync("https://down.example/a")).Dispose(); // three attempts each
        }

        var failure = await Should.ThrowAsync<TransferException>(() => GetAsync("https://down.example/a"));
        using var other = await GetAsync("https://up.example/a");

        failure.Message.ShouldContain("left alone");
        _network.Asked.Count(asked => asked.Contains("down")).ShouldBe(6);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_HostFailsNowAndThen_IsNotLeftAlone()
    {
        HttpStatusCode[] oneInFour = [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable];
        _network.Answer("https://api.example/a", [.. Enumerable.Range(0, 40).SelectMany(_ => oneInFour)]);

        for (var request = 0; request < 100; request++)
        {
            using var response = await GetAsync("https://api.example/a");
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Get_NobodyListens_IsAPassingFailure()
    {
        var failure = await Should.ThrowAsync<TransferException>(() => GetAsync("https://nowhere.example/a"));

        failure.Failure.ShouldBe(TransferFailure.SourceUnavailable);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _network.Dispose();
    }

    private Task<HttpResponseMessage> GetAsync(string uri) =>
        _download.GetAsync(new Uri(uri), Credentials, maxRedirects: 3, TestContext.Current.CancellationToken);

    private sealed class Network : HttpMessageHandler
    {
        private readonly ConcurrentDictionary<string, Func<int, HttpResponseMessage>> _answers = new();
        private readonly ConcurrentQueue<string> _asked = new();

        public IReadOnlyList<string> Asked => [.. _asked];

        /// <summary>Each request gets the next of the answers; the last one stays.</summary>
        public void Answer(string uri, params HttpStatusCode[] statuses) =>
            _answers[uri] = number => new HttpResponseMessage(statuses[Math.Min(number, statuses.Length - 1)]);

        public void Redirect(string uri, string location) => _answers[uri] = _ => new HttpResponseMessage(HttpStatusCode.Found)
        {
            Headers = { Location = new Uri(location, UriKind.RelativeOrAbsolute) },
        };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var uri = request.RequestUri!.AbsoluteUri;
            var number = _asked.Count(asked => asked.StartsWith(uri + " ", StringComparison.Ordinal));
            _asked.Enqueue($"{uri} {request.Headers.Authorization}");
            return _answers.TryGetValue(uri, out var answer)
                ? Task.FromResult(answer(number))
                : throw new HttpRequestException(HttpRequestError.NameResolutionError, "no such host");
        }
    }
}
