using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Acs;

public sealed class AcsUpgradeTests : IAsyncLifetime
{
    private AcsIssuer _issuer = null!;

    public async ValueTask InitializeAsync() => _issuer = await AcsIssuer.StartAsync();

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task Upgrade_WithATokenOfAcs_IsRecordedUnderTheCallsOwnId()
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        var callId = AcsDriver.NewCallId();
        await using var driver = await AcsDriver.ConnectAsync(host, _issuer.Token(), callId, contextId: "some-context");
        await driver.SendMetadataAsync();
        await driver.SendAsync(TestAudio.Pcm(1, 200));
        await driver.CloseAsync();

        (await host.AnnouncedAsync(callId)).Provider.ShouldBe("acs");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("../../../tmp/x")]
    [InlineData("a b")]
    public async Task Upgrade_WithoutAnIdOfTheCall_GoesByItsContext(string? header)
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        await using var driver = await AcsDriver.ConnectAsync(host, _issuer.Token(), header, contextId: "context_1");
        await driver.SendMetadataAsync();
        await driver.SendAsync(TestAudio.Pcm(1, 200));
        await driver.CloseAsync();

        (await host.AnnouncedAsync("context_1")).CallId.ShouldBe("context_1");
    }

    public static TheoryData<string> Forgeries =>
        ["none", "empty", "nonsense", "expired", "early", "audience", "no audience", "issuer", "no expiry", "algorithm", "no key", "unknown key", "another's key", "payload"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Upgrade_WithoutAGoodToken_IsRefusedAndLeavesNothing(string forgery)
    {
        using var foreign = RSA.Create(2048);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = forgery switch
        {
            "none" => null,
            "empty" => "",
            "nonsense" => "a.b.c",
            "expired" => _issuer.Token(claims => claims["exp"] = now - 301),
            "early" => _issuer.Token(claims => claims["nbf"] = now + 330),
            "audience" => _issuer.Token(claims => claims["aud"] = "another"),
            "no audience" => _issuer.Token(claims => claims.Remove("aud")),
            "issuer" => _issuer.Token(claims => claims["iss"] = "https://example.com"),
            "no expiry" => _issuer.Token(claims => claims.Remove("exp")),
            "algorithm" => _issuer.Token(changeHeader: header => header["alg"] = "none"),
            "no key" => _issuer.Token(changeHeader: header => header.Remove("kid")),
            "unknown key" => _issuer.Token(changeHeader: header => header["kid"] = "unknown"),
            "another's key" => _issuer.Token(key: foreign),
            _ => string.Join('.', _issuer.Token(claims => claims["sub"] = "x").Split('.')[..2]) + "." + _issuer.Token().Split('.')[2],
        };
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);

        var refusal = await Should.ThrowAsync<UpgradeRefusedException>(() => AcsDriver.ConnectAsync(host, token, AcsDriver.NewCallId()));

        refusal.Status.ShouldBe(401);
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Upgrade_WithClocksApart_IsAccepted()
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        await using var late = await AcsDriver.ConnectAsync(host, _issuer.Token(claims => claims["exp"] = now - 240), AcsDriver.NewCallId());
        await using var early = await AcsDriver.ConnectAsync(host, _issuer.Token(claims => claims["nbf"] = now + 240), AcsDriver.NewCallId());
        await using var many = await AcsDriver.ConnectAsync(
            host, _issuer.Token(claims => claims["aud"] = new JsonArray("another", AcsIssuer.ResourceId.ToUpperInvariant())), AcsDriver.NewCallId());
    }

    [Fact]
    public async Task Keys_Known_AreFetchedOnceAndANewOneWhenItIsUsed()
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        await using var first = await AcsDriver.ConnectAsync(host, _issuer.Token(), AcsDriver.NewCallId());
        await using var second = await AcsDriver.ConnectAsync(host, _issuer.Token(), AcsDriver.NewCallId());
        _issuer.Fetches.ShouldBe(1);

        _issuer.AddKey("second");
        await using var third = await AcsDriver.ConnectAsync(host, _issuer.Token(), AcsDriver.NewCallId());
        _issuer.Fetches.ShouldBe(2);

        // Tokens with invented keys cost no look each.
        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<UpgradeRefusedException>(
                () => AcsDriver.ConnectAsync(host, _issuer.Token(changeHeader: header => header["kid"] = "invented"), AcsDriver.NewCallId()));
        }

        _issuer.Fetches.ShouldBe(2);
    }

    [Fact]
    public async Task Keys_Away_AreA503AndThoseKnownStayGood()
    {
        _issuer.IsAway = true;
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        (await Should.ThrowAsync<UpgradeRefusedException>(() => AcsDriver.ConnectAsync(host, _issuer.Token(), AcsDriver.NewCallId()))).Status.ShouldBe(503);

        await using var other = await MediaHost.StartAsync(settings: _issuer.Settings);
        _issuer.IsAway = false;
        await using var first = await AcsDriver.ConnectAsync(other, _issuer.Token(), AcsDriver.NewCallId());
        _issuer.IsAway = true;
        await using var second = await AcsDriver.ConnectAsync(other, _issuer.Token(), AcsDriver.NewCallId());
    }

    [Fact]
    public async Task Upgrade_OnANodeThatKnowsNoResource_IsRefused()
    {
        await using var host = await MediaHost.StartAsync();

        (await Should.ThrowAsync<UpgradeRefusedException>(() => AcsDriver.ConnectAsync(host, _issuer.Token(), AcsDriver.NewCallId()))).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Upgrade_WhereSignaturesAreNotChecked_NeedsNoToken()
    {
        await using var host = await MediaHost.StartAsync(settings: [("environment", "Development"), ("BURQI_VERIFY_SIGNATURES", "false")]);

        await using var driver = await AcsDriver.ConnectAsync(host, token: null, AcsDriver.NewCallId());
    }

    [Theory]
    [InlineData("/acs/media/a%20b")]
    [InlineData("/acs/media/..%2F..%2Fx")]
    [InlineData("/acs/media/a.b")]
    public async Task Context_ThatIsNone_IsNotFound(string path)
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        using var client = host.CreateClient();

        using var response = await client.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Request_WithoutUpgrade_IsAProblem()
    {
        await using var host = await MediaHost.StartAsync(settings: _issuer.Settings);
        using var client = host.CreateClient();

        using var response = await client.GetAsync("/acs/media/context");

        response.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
