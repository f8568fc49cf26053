using System.Net;
using System.Net.WebSockets;
using System.Text;
using Burqi.Architecture.Tests.Routes;
using Burqi.Testing;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>The stack's load balancer, under its own configuration: who is given what, and what happens when one is gone.</summary>
public sealed class LoadBalancerTests : IAsyncLifetime
{
    private readonly HttpClient client = new();
    private LoadBalancer balancer = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => balancer = await LoadBalancer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await balancer.DisposeAsync();
    }

    [Fact]
    public void Upstreams_Configured_AreTheStacksReplicas()
    {
        LoadBalancer.ConfiguredReplicas.ShouldBe(["ingress-1", "ingress-2", "media-1", "media-2", "archiver", "catalog"]);
        LoadBalancer.ConfiguredReplicas.Except(ComposeFile.Stack.Services.Where(service => service.IsOurs).Select(service => service.Name)).ShouldBeEmpty();
        ComposeFile.Stack.Service("load-balancer").DependsOn.Keys.ShouldBe(LoadBalancer.ConfiguredReplicas, ignoreOrder: true);
    }

    [Fact]
    public async Task Route_Public_ReachesItsServiceAndInternalOnesNobody()
    {
        var asked = 0;
        foreach (var (service, routes) in RoutesTests.Expected)
        {
            foreach (var route in routes.Where(route => !route.StartsWith("HEAD ", StringComparison.Ordinal)))
            {
                var (method, path) = (route.Split(' ')[0].Replace("ANY", "GET", StringComparison.Ordinal), route.Split(' ')[1].Replace("{documentName}", "v1", StringComparison.Ordinal).Replace('{', '_').Replace('}', '_'));
                using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(balancer.Address, path)), Token);
                asked++;

                if (path.StartsWith("/media/", StringComparison.Ordinal))
                {
                    answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, route);
                    continue;
                }

                answer.StatusCode.ShouldBe(HttpStatusCode.OK, route);
                (await answer.Content.ReadAsStringAsync(Token)).Split('-')[0].ShouldBe(service, route);
            }
        }

        asked.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    [InlineData("/media/recordings/x/content?exp=1&sig=2")]
    [InlineData("/callsandmore")]
    public async Task Path_NotPublic_IsNotFound(string path)
    {
        using var answer = await client.GetAsync(new Uri(balancer.Address, path), Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        balancer.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Webhook_Passed_ArrivesWithTheHostAndTargetThatWereSigned()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(balancer.Address, "/twilio/call-status?a=%2Fb+c&&d=%C3%A9")) { Content = new StringContent("CallSid=1") };
        request.Headers.Host = "burqi.example.com";
        using var answer = await client.SendAsync(request, Token);

        balancer.Received.ShouldHaveSingleItem();
        balancer.Received.Single().Target.ShouldBe("/twilio/call-status?a=%2Fb+c&&d=%C3%A9");
        balancer.Received.Single().Host.ShouldBe("burqi.example.com");
    }

    [Theory]
    [InlineData(null, null, null, "127.0.0.1 http burqi.example.com")]
    [InlineData("203.0.113.9", "https", null, "203.0.113.9, 127.0.0.1 https burqi.example.com")]
    [InlineData("198.51.100.1, 203.0.113.9", "HTTPS, http", "voice.example.net", "198.51.100.1, 203.0.113.9, 127.0.0.1 https voice.example.net")]
    [InlineData(null, "httpsx", null, "127.0.0.1 http burqi.example.com")]
    public async Task Request_ThroughAnotherBalancer_KeepsWhatThatSaysOfTheClient(string? address, string? scheme, string? host, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(balancer.Address, "/calls"));
        request.Headers.Host = "burqi.example.com";
        foreach (var (name, value) in new[] { ("X-Forwarded-For", address), ("X-Forwarded-Proto", scheme), ("X-Forwarded-Host", host) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        using var answer = await client.SendAsync(request, Token);

        balancer.Received.ShouldHaveSingleItem().Forwarded.ShouldBe(expected);
    }

    [Fact]
    public async Task Request_ThatNoReplicaAnswers_IsLoggedWithoutItsSecrets()
    {
        await balancer.StopReplicaAsync("catalog");

        foreach (var target in (string[])["/shared/secret-of-a-link/audio", "/calls?number=%2B15550123"])
        {
            using var answer = await client.GetAsync(new Uri(balancer.Address, target), Token);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        }

        await Eventually.BecomesTrueAsync(() => balancer.Log.Contains("GET /calls 502", StringComparison.Ordinal));
        balancer.Log.ShouldContain("GET /shared/- 502");
        balancer.Log.ShouldNotContain("secret-of-a-link");
        balancer.Log.ShouldNotContain("15550123");
    }

    [Fact]
    public async Task Webhooks_ManyOfThem_AreSharedByBothReplicas()
    {
        for (var i = 0; i < 20; i++)
        {
            using var answer = await PostWebhookAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        balancer.Received.Select(received => received.Replica).Distinct().ShouldBe(["ingress-1", "ingress-2"], ignoreOrder: true);
    }

    [Fact]
    public async Task Webhook_WithAReplicaGone_IsAnsweredByTheOther()
    {
        await balancer.StopReplicaAsync("ingress-1");

        for (var i = 0; i < 20; i++)
        {
            using var answer = await PostWebhookAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsStringAsync(Token)).ShouldBe("ingress-2");
        }
    }

    [Fact]
    public async Task MediaSocket_WithAReplicaGone_OpensOnTheOtherAndCarriesMessages()
    {
        await balancer.StopReplicaAsync("media-2");

        for (var i = 0; i < 4; i++)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(balancer.Address) { Scheme = "ws", Path = "/twilio/media-stream" }.Uri, Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes("frame"), WebSocketMessageType.Text, endOfMessage: true, Token);

            var buffer = new byte[16];
            var echo = await socket.ReceiveAsync(buffer, Token);
            Encoding.UTF8.GetString(buffer, 0, echo.Count).ShouldBe("frame");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
            socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        }

        balancer.Received.Select(received => received.Replica).Distinct().ShouldBe(["media-1"]);
    }

    private Task<HttpResponseMessage> PostWebhookAsync() =>
        client.PostAsync(new Uri(balancer.Address, "/twilio/call-status"), new StringContent("CallSid=1"), Token);
}
