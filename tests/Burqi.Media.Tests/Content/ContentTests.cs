using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Burqi.Contracts.Recordings;
using Burqi.Media.Content;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Content;

public sealed class ContentTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private MediaHost _host = null!;
    private RecordingCaptured _captured = null!;
    private byte[] _bytes = [];

    public async ValueTask InitializeAsync()
    {
        _host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(_host);
        await driver.SendAsync(TestAudio.Noise(1, 1000), TestAudio.Noise(2, 1000));
        await driver.StopAsync();
        await _host.AnnouncedAsync(driver.CallSid);
        _captured = _host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.Mixed).Single();
        _bytes = await File.ReadAllBytesAsync(Path.Combine(_host.Folder, _captured.FilePath));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Get_OfTheAnnouncedUrl_IsTheFile()
    {
        _captured.ContentUrl.ShouldStartWith($"http://127.0.0.1:{_host.Address.Port}/media/recordings/{_captured.RecordingId:D}/content?");

        using var response = await _client.GetAsync(_captured.ContentUrl);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("audio/wav");
        response.Headers.ETag!.Tag.ShouldBe($"\"{_captured.Sha256}\"");
        var body = await response.Content.ReadAsByteArrayAsync();
        body.ShouldBe(_bytes);
        Convert.ToHexStringLower(SHA256.HashData(body)).ShouldBe(_captured.Sha256);
    }

    [Fact]
    public async Task Head_OfTheAnnouncedUrl_TellsSizeAndTag()
    {
        using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, _captured.ContentUrl));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(_bytes.Length);
        response.Headers.ETag!.Tag.ShouldBe($"\"{_captured.Sha256}\"");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_OfTheAnnouncedUrl_RemovesTheFileOnce()
    {
        using var removed = await _client.DeleteAsync(_captured.ContentUrl);
        using var again = await _client.DeleteAsync(_captured.ContentUrl);
        using var read = await _client.GetAsync(_captured.ContentUrl);

        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        again.StatusCode.ShouldBe(HttpStatusCode.Gone);
        read.StatusCode.ShouldBe(HttpStatusCode.Gone);
        File.Exists(Path.Combine(_host.Folder, _captured.FilePath)).ShouldBeFalse();
        var user = _host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.User).Single();
        File.Exists(Path.Combine(_host.Folder, user.FilePath)).ShouldBeTrue("only the one was to go");
    }

    [Fact]
    public async Task Delete_LongAfterTheUrlExpired_RemovesTheFileAllTheSame()
    {
        var urls = _host.Services.GetRequiredService<ContentUrls>();
        var expired = urls.Create(_captured.RecordingId, DateTimeOffset.UtcNow.AddDays(-400));
        using var read = await _client.GetAsync(expired);
        read.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var removed = await _client.DeleteAsync(expired);

        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("{0}&file=x/../../etc/passwd.wav", HttpStatusCode.NotFound)]
    [InlineData("{0}&file=/etc/passwd.wav", HttpStatusCode.NotFound)]
    [InlineData("{0}&file={1}", HttpStatusCode.NotFound)]
    [InlineData("{0}x", HttpStatusCode.Forbidden)]
    public async Task Delete_OfAnotherRecording_RemovesNothing(string pattern, HttpStatusCode status)
    {
        // Signed, but for an id that no manifest knows.
        await Eventually.BecomesTrueAsync(() => _host.Services.GetRequiredService<RecordingIndex>().IsComplete);
        var unknown = _host.Services.GetRequiredService<ContentUrls>().Create(Guid.NewGuid());

        using var answer = await _client.DeleteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, unknown, _captured.FilePath));

        answer.StatusCode.ShouldBe(status);
        File.Exists(Path.Combine(_host.Folder, _captured.FilePath)).ShouldBeTrue();
    }

    [Fact]
    public async Task Get_OfARange_IsThatPart()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _captured.ContentUrl);
        request.Headers.Range = new RangeHeaderValue(1000, 1999);

        using var response = await _client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(_bytes[1000..2000]);
    }

    [Fact]
    public async Task Get_OfARangeBehindTheEnd_Is416()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _captured.ContentUrl);
        request.Headers.Range = new RangeHeaderValue(_bytes.Length, null);

        using var response = await _client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Theory]
    [InlineData("sig=", "sig=0")]
    [InlineData("sig=", "other=")]
    [InlineData("exp=", "exp=1")]
    [InlineData("exp=", "exp=+")]
    public async Task Get_OfAChangedUrl_IsForbidden(string part, string changed)
    {
        using var response = await _client.GetAsync(_captured.ContentUrl.Replace(part, changed, StringComparison.Ordinal));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Get_OfAnotherRecordingWithThisSignature_IsForbidden()
    {
        var other = _host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.User).Single();

        using var response = await _client.GetAsync(
            _captured.ContentUrl.Replace(_captured.RecordingId.ToString("D"), other.RecordingId.ToString("D"), StringComparison.Ordinal));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%2e%2e")]
    [InlineData("user_1.wav")]
    public async Task Get_OfAPath_IsForbidden(string path)
    {
        using var response = await _client.GetAsync(new Uri(_host.Address, $"/media/recordings/{path}/content?exp=99999999999&sig={new string('0', 64)}"));

        ((int)response.StatusCode).ShouldBeOneOf(403, 404);
    }

    [Fact]
    public async Task Get_OfARecordingThisNodeHasNot_IsNotFound()
    {
        await Eventually.BecomesTrueAsync(() => _host.Services.GetRequiredService<RecordingIndex>().IsComplete);
        var url = _host.Services.GetRequiredService<ContentUrls>().Create(Guid.Parse("6f1c0e0a-9a53-5c3f-8d57-5f2b7a6a1f0e"));

        using var response = await _client.GetAsync(url);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Get_AfterARestart_IsTheSameFileUnderTheSameUrl()
    {
        var folder = _host.Folder;
        await _host.DisposeAsync();
        _host = await MediaHost.StartAsync(folder);
        await Eventually.BecomesTrueAsync(() => _host.Services.GetRequiredService<RecordingIndex>().IsComplete);

        using var response = await _client.GetAsync(new Uri(_host.Address, new Uri(_captured.ContentUrl).PathAndQuery));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(_bytes);
    }

    [Fact]
    public void Key_OnDisk_IsTheOwnersAlone()
    {
#pragma warning disable CA1416 // The tests run on Linux alone.
        File.GetUnixFileMode(Path.Combine(_host.Folder, ".content-key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
    }
}
