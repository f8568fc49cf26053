using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>What is promised where clients are sent to the store, whichever it is; fetched from there by a client that has no key of ours.</summary>
public abstract class RedirectContract(CatalogHost catalog) : IAsyncLifetime
{
    private readonly HttpClient _direct = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly HttpClient _plain = new();

    protected CatalogHost Catalog => catalog;

    protected abstract string Store { get; }

    protected abstract Task PutAsync(string objectKey, byte[] content);

    public ValueTask InitializeAsync()
    {
        _direct.BaseAddress = catalog.Client.BaseAddress;
        _direct.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CatalogHost.ApiKey);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _direct.Dispose();
        _plain.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("", "attachment", "wav", "audio/wav")]
    [InlineData("/play", "inline", "mp3", "audio/mpeg")]
    public async Task Get_SendsToTheStore_WhichHasTheAudioUnderItsNameAndType(string route, string disposition, string format, string type)
    {
        var (told, bytes) = await StoreAsync(100_000, format);

        var address = await AddressAsync(HttpMethod.Get, told, route);
        using var fetched = await _plain.GetAsync(address, TestContext.Current.CancellationToken);

        fetched.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(bytes);
        fetched.Content.Headers.ContentType!.ToString().ShouldBe(type);
        fetched.Content.Headers.ContentDisposition!.DispositionType.ShouldBe(disposition);
        fetched.Content.Headers.ContentDisposition.FileNameStar.ShouldBe($"{told.CallId}_mixed_20260301T093000Z.{format}");
        fetched.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
    }

    [Fact]
    public async Task Get_ByAShareLink_IsPassedOn()
    {
        var (told, bytes) = await StoreAsync(1000);
        using var made = await _direct.PostAsync(
            new Uri($"/calls/{told.CallId}/recording/{told.Id}/links", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        var link = JsonNode.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        _direct.DefaultRequestHeaders.Authorization = null;

        using var answer = await _direct.GetAsync(
            new Uri($"{new Uri(link["url"]!.GetValue<string>()).AbsolutePath}/audio", UriKind.Relative), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Get_Range_IsServedByTheStore()
    {
        var (told, bytes) = await StoreAsync(100_000);
        using var request = new HttpRequestMessage(HttpMethod.Get, await AddressAsync(HttpMethod.Get, told, "/play", ("Range", "bytes=70000-89999")));
        request.Headers.Range = new RangeHeaderValue(70_000, 89_999);

        using var fetched = await _plain.SendAsync(request, TestContext.Current.CancellationToken);

        fetched.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        fetched.Content.Headers.ContentRange!.ToString().ShouldBe("bytes 70000-89999/100000");
        (await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(bytes[70_000..90_000]);
    }

    [Fact]
    public async Task Head_SendsToTheStore_WhichAnswersHead()
    {
        var (told, bytes) = await StoreAsync(1000);
        using var request = new HttpRequestMessage(HttpMethod.Head, await AddressAsync(HttpMethod.Head, told, ""));

        using var fetched = await _plain.SendAsync(request, TestContext.Current.CancellationToken);

        fetched.StatusCode.ShouldBe(HttpStatusCode.OK);
        fetched.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        fetched.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
    }

    [Fact]
    public async Task Address_IsChanged_OpensNothing()
    {
        var (told, _) = await StoreAsync(1000);
        var (other, _) = await StoreAsync(1000);
        var address = await AddressAsync(HttpMethod.Get, told, "");

        using var another = await _plain.GetAsync(address.AbsoluteUri.Replace(told.CallId, other.CallId, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var unsigned = await _plain.GetAsync(address.GetLeftPart(UriPartial.Path), TestContext.Current.CancellationToken);

        another.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        unsigned.IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task Request_WhatTheStoreCannotAnswer_IsAnsweredHere()
    {
        var (told, bytes) = await StoreAsync(1000);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";

        using var known = await SendAsync(HttpMethod.Get, told, "", ("If-None-Match", tag));
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var wanted = await SendAsync(HttpMethod.Get, told, "", ("If-Match", tag));
        wanted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wanted.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(bytes);
        using var outside = await SendAsync(HttpMethod.Get, told, "", ("Range", "bytes=1000-"));
        outside.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Fact]
    public async Task Get_ObjectMissingOrOfAnotherSize_Is404AndNoRedirect()
    {
        var gone = new Told();
        await catalog.TellAsync(gone.Archived($"recordings/2026/03/01/{gone.CallId}/mixed_1.wav") with { Store = Store });
        var (shorter, _) = await StoreAsync(1000, tellSize: 1001);

        foreach (var told in (Told[])[gone, shorter])
        {
            using var response = await SendAsync(HttpMethod.Get, told, "/play");
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            response.Headers.Location.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Get_WithoutAKey_IsRefused()
    {
        var (told, _) = await StoreAsync(1000);

        using var response = await catalog.AnonymousClient.GetAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}", UriKind.Relative), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    protected async Task<HttpResponseMessage> SendAsync(HttpMethod method, Told told, string route, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"/calls/{told.CallId}/recording/{told.Id}{route}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await _direct.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    protected async Task<Uri> AddressAsync(HttpMethod method, Told told, string route, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, told, route, headers);
        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.CacheControl!.ToString().ShouldBe("no-store");
        response.Headers.ETag.ShouldBeNull();
        return response.Headers.Location.ShouldNotBeNull();
    }

    protected async Task<(Told Told, byte[] Bytes)> StoreAsync(int size, string format = "wav", long? tellSize = null)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        var told = new Told();
        var objectKey = $"recordings/2026/03/01/{told.CallId}/mixed_1772357400.{format}";
        await PutAsync(objectKey, bytes);
        await catalog.TellAsync(
            told.Started(), told.Archived(objectKey, tellSize ?? bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), format) with { Store = Store });
        return (told, bytes);
    }
}
