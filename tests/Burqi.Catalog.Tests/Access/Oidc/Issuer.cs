using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Tests.Access.Oidc;

/// <summary>An issuer of tokens on a loopback port, which publishes its keys as OpenID Connect Discovery says.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    public const string Audience = "burqi-tests";

    private readonly WebApplication app;
    private int asked;
    private TaskCompletionSource held = Released();
    private TaskCompletionSource arrived = Released();

    private Issuer(WebApplication app) => this.app = app;

    public string Authority => app.Urls.First();

    public RSA Rsa { get; private set; } = RSA.Create(2048);

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string RsaId { get; private set; } = "rsa-1";

    /// <summary>How often it was asked for its keys.</summary>
    public int Asked => asked;

    public static async Task<Issuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var issuer = new Issuer(server);
        server.MapGet("/.well-known/openid-configuration", (HttpContext context) =>
            WriteAsync(context, new JsonObject { ["issuer"] = issuer.Authority, ["jwks_uri"] = $"{issuer.Authority}/keys" }));
        server.MapGet("/keys", async (HttpContext context) =>
        {
            Interlocked.Increment(ref issuer.asked);
            issuer.arrived.TrySetResult();
            await issuer.held.Task.WaitAsync(context.RequestAborted);
            await WriteAsync(context, issuer.Keys());
        });
        await server.StartAsync();
        return issuer;
    }

    /// <summary>From now on it answers nobody who asks for its keys. What is returned is done when somebody does.</summary>
    public Task Hold()
    {
        held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return arrived.Task;
    }

    /// <summary>It answers again, those who wait too.</summary>
    public void Release() => held.TrySetResult();

    public void Roll()
    {
        Rsa = RSA.Create(2048);
        RsaId = "rsa-2";
    }

    /// <summary>A token that is good, but for what is changed of it.</summary>
    public string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null, bool onCurve = false)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var body = new JsonObject { ["iss"] = Authority, ["aud"] = Audience, ["sub"] = "u-1", ["name"] = "Ada", ["exp"] = now + 600, ["scope"] = "openid recordings:read" };
        claims?.Invoke(body);
        var head = new JsonObject { ["alg"] = onCurve ? "ES256" : "RS256", ["kid"] = onCurve ? "ec-1" : RsaId, ["typ"] = "at+jwt" };
        header?.Invoke(head);
        var signed = $"{Encode(head.ToJsonString())}.{Encode(body.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        return $"{signed}.{Base64Url.EncodeToString(onCurve ? Curve.SignData(bytes, HashAlgorithmName.SHA256) : Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Rsa.Dispose();
        Curve.Dispose();
    }

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }

    private static Task WriteAsync(HttpContext context, JsonObject content)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(content.ToJsonString());
    }

    private JsonObject Keys()
    {
        var rsa = Rsa.ExportParameters(includePrivateParameters: false);
        var point = Curve.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "RSA", ["kid"] = RsaId, ["use"] = "sig", ["alg"] = "RS256", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) },
                new JsonObject { ["kty"] = "EC", ["kid"] = "ec-1", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) },
                new JsonObject { ["kty"] = "oct", ["kid"] = "secret-1", ["k"] = "AAAA" },
                new JsonObject { ["kty"] = "RSA", ["kid"] = "broken-1", ["n"] = "!", ["e"] = "AQAB" }),
        };
    }
}
