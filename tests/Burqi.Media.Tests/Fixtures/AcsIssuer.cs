using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>ACS as the one who signs tokens: says which its keys are, and makes tokens good and bad.</summary>
internal sealed class AcsIssuer : IAsyncDisposable
{
    public const string ResourceId = "7f3c1a55-27a0-4c53-9a52-0e3a4b6c9d10";
    public const string Issuer = "https://acscallautomation.communication.azure.com";

    private readonly WebApplication _app;
    private readonly List<(string Id, RSA Key)> _keys = [];
    private int _fetches;

    private AcsIssuer(WebApplication app) => _app = app;

    /// <summary>How often the keys were fetched.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>Whether the keys are to be had.</summary>
    public bool IsAway { get; set; }

    public Uri Configuration => new(new Uri(_app.Urls.Single()), "/calling/.well-known/acsopenidconfiguration");

    public static async Task<AcsIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new AcsIssuer(app);
        app.MapGet("/calling/.well-known/acsopenidconfiguration", () => Results.Text(
            new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = app.Urls.Single() + "/calling/keys" }.ToJsonString(), "application/json"));
        app.MapGet("/calling/keys", issuer.Keys);
        await app.StartAsync();
        issuer.AddKey("first");
        return issuer;
    }

    /// <summary>Host settings for media to believe this issuer.</summary>
    public (string Name, string Value)[] Settings =>
        [("ACS_RESOURCE_ID", ResourceId), ("BURQI_ACS_OPENID_CONFIGURATION_URL", Configuration.ToString())];

    public void AddKey(string id)
    {
        lock (_keys)
        {
            _keys.Add((id, RSA.Create(2048)));
        }
    }

    /// <summary>A token as ACS makes them, but for what the caller changes of its header and claims.</summary>
    public string Token(Action<JsonObject>? change = null, string? keyId = null, Action<JsonObject>? changeHeader = null, RSA? key = null)
    {
        (string Id, RSA Key) own;
        lock (_keys)
        {
            own = keyId is null ? _keys[^1] : _keys.Find(k => k.Id == keyId);
        }

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = own.Id };
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = ResourceId, ["nbf"] = now, ["exp"] = now + 300 };
        changeHeader?.Invoke(header);
        change?.Invoke(claims);
        var signed = $"{Encode(header.ToJsonString())}.{Encode(claims.ToJsonString())}";
        var signature = (key ?? own.Key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _keys.ForEach(key => key.Key.Dispose());
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private IResult Keys()
    {
        Interlocked.Increment(ref _fetches);
        if (IsAway)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        lock (_keys)
        {
            return Results.Text(new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(Describe)]) }.ToJsonString(), "application/json");
        }
    }

    private static JsonNode Describe((string Id, RSA Key) key)
    {
        var parameters = key.Key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = key.Id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }
}
