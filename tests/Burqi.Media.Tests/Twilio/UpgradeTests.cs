using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Twilio;

public sealed class UpgradeTests
{
    [Theory]
    [InlineData("wss://burqi.example.com/twilio/media-stream", "/twilio/media-stream")]
    [InlineData("wss://burqi.example.com/twilio/media-stream/", "/twilio/media-stream")]
    [InlineData("wss://burqi.example.com/twilio/media-stream", "/twilio/media-stream/")]
    public async Task Upgrade_SignedByTheProvider_IsAccepted(string signedUrl, string requested)
    {
        await using var host = await MediaHost.StartAsync();

        await using var driver = await StreamDriver.ConnectAsync(host.Address, StreamDriver.Sign(signedUrl), path: requested);

        await driver.SendConnectedAsync();
        await driver.SendStartAsync();
        await Eventually.BecomesTrueAsync(() => host.Manifests(driver.CallSid).Any());
    }

    [Fact]
    public async Task Upgrade_OfAFurtherAccount_IsSignedWithItsOwnToken()
    {
        const string account = "AC00000000000000000000000000000002";
        const string url = "wss://burqi.example.com/twilio/media-stream";
        await using var host = await MediaHost.StartAsync(
            null, ("TWILIO_CREDENTIALS", "sales"), ("TWILIO_SALES_ACCOUNT_SID", account), ("TWILIO_SALES_AUTH_TOKEN", "token of sales"));

        await using var driver = await StreamDriver.ConnectAsync(host.Address, StreamDriver.Sign(url, "token of sales"));
        await driver.SendConnectedAsync();
        await driver.SendStartAsync(accountSid: account);

        await Eventually.BecomesTrueAsync(() => host.Manifests(driver.CallSid).Any());
        (await Should.ThrowAsync<UpgradeRefusedException>(() => StreamDriver.ConnectAsync(host.Address, StreamDriver.Sign(url, "")))).Status.ShouldBe(403);
    }

    public static TheoryData<string?> Forgeries => new()
    {
        default(string),
        "",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        StreamDriver.Sign("wss://burqi.example.com/twilio/media-stream", "another token"),
        StreamDriver.Sign("https://burqi.example.com/twilio/media-stream"),
        StreamDriver.Sign("wss://other.example.com/twilio/media-stream"),
        StreamDriver.Sign("wss://burqi.example.com/twilio/media-stream//"),
        StreamDriver.Sign("wss://burqi.example.com/twilio/media-stream?a=b"),
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Upgrade_Forged_IsRefusedCountedAndLeavesNothing(string? signature)
    {
        await using var host = await MediaHost.StartAsync();
        var refused = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "burqi.media.upgrades.refused" && ReferenceEquals(instrument.Meter.Scope, host.Services.GetRequiredService<IMeterFactory>()))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, amount, _, _) => Interlocked.Add(ref refused, amount));
        listener.Start();
        _ = host.Services.GetRequiredService<MediaTelemetry>();

        var refusal = await Should.ThrowAsync<UpgradeRefusedException>(() => StreamDriver.ConnectAsync(host.Address, signature));

        refusal.Status.ShouldBe(403);
        Interlocked.Read(ref refused).ShouldBe(1);
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
        host.Messages.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Upgrade_ForwardedByATrustedProxy_IsCheckedAgainstThePublicName()
    {
        await using var host = await MediaHost.StartAsync(settings: [("CALLBACK_URI_HOST", " "), ("BURQI_TRUSTED_PROXIES", "127.0.0.0/8, ::1")]);

        using var accepted = await SendUpgradeAsync(host, "wss://public.example.com/twilio/media-stream");

        accepted.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Fact]
    public async Task Upgrade_ForwardedByAStranger_IsCheckedAgainstTheConnection()
    {
        await using var host = await MediaHost.StartAsync(settings: [("CALLBACK_URI_HOST", " "), ("BURQI_TRUSTED_PROXIES", "10.0.0.1")]);

        using var refused = await SendUpgradeAsync(host, "wss://public.example.com/twilio/media-stream");
        using var accepted = await SendUpgradeAsync(host, $"wss://127.0.0.1:{host.Address.Port}/twilio/media-stream");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        accepted.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Fact]
    public async Task Request_WithoutUpgrade_IsAProblem()
    {
        await using var host = await MediaHost.StartAsync();
        using var client = host.CreateClient();

        using var response = await client.GetAsync("/twilio/media-stream");

        response.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]!.GetValue<int>().ShouldBe(426);
    }

    [Theory]
    [InlineData("/streams/x")]
    [InlineData("/twilio/media-stream/x")]
    public async Task Route_OfALaterDay_IsNotThere(string path)
    {
        await using var host = await MediaHost.StartAsync();
        using var client = host.CreateClient();

        using var response = await client.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Upgrade_BeyondTheLimit_IsTurnedAwayUntilAPlaceIsFree()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_MAX_STREAMS", "2"));
        await using var first = await StreamDriver.StartAsync(host);
        await using var second = await StreamDriver.StartAsync(host);

        (await Should.ThrowAsync<UpgradeRefusedException>(() => StreamDriver.ConnectAsync(host))).Status.ShouldBe(503);
        await first.StopAsync();

        await using var third = await Eventually.ReturnsAsync<StreamDriver>(async () => await StreamDriver.ConnectAsync(host));
    }

    private static Task<HttpResponseMessage> SendUpgradeAsync(MediaHost host, string signedUrl)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/twilio/media-stream");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "public.example.com");
        request.Headers.Add("X-Twilio-Signature", StreamDriver.Sign(signedUrl));
        return host.CreateClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
