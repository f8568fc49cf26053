using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Simulator.Acs;

/// <summary>Who signs the tokens of ACS: serves its OpenID configuration and keys on a loopback port and issues tokens.</summary>
public sealed class AcsTokenIssuer : IAsyncDisposable
{
    /// <summary>The issuer that ACS names in its tokens.</summary>
    public const string Issuer = "https://acscallautomation.communication.azure.com";

    private const string KeyId = "simulator-1";

    private readonly WebApplication app;
    private readonly RSA key = RSA.Create(2048);

    private AcsTokenIssuer(WebApplication app) => this.app = app;

    /// <summary>Where its OpenID configuration is: what <c>BURQI_ACS_OPENID_CONFIGURATION_URL</c> is set to.</summary>
    public Uri Configuration => new(new Uri(app.Urls.Single()), "/calling/.well-known/acsopenidconfiguration");

    /// <summary>Starts it.</summary>
    public static async Task<AcsTokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new AcsTokenIssuer(builder.Build());
        issuer.app.Run(issuer.AnswerAsync);
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>A token as ACS sends it in the <c>Authorization</c> header of a media socket's upgrade.</summary>
    /// <param name="audience">The resource's immutable id.</param>
    /// <param name="now">The time of issue.</param>
    /// <param name="lifetime">How long it is good; negative: it never was.</param>
    public string Issue(string audience, DateTimeOffset now, TimeSpan lifetime)
    {
        var header = Encode(new { alg = "RS256", kid = KeyId, typ = "JWT" });
        var claims = Encode(new
        {
            iss = Issuer,
            aud = audience,
            iat = now.ToUnixTimeSeconds(),
            nbf = now.ToUnixTimeSeconds(),
            exp = (now + lifetime).ToUnixTimeSeconds(),
        });
        var signature = key.SignData(System.Text.Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private static string Encode<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private Task AnswerAsync(HttpContext context)
    {
        var keys = new Uri(Configuration, "/calling/keys");
        if (context.Request.Path == Configuration.AbsolutePath)
        {
            return context.Response.WriteAsJsonAsync(new { issuer = Issuer, jwks_uri = keys.AbsoluteUri, id_token_signing_alg_values_supported = new[] { "RS256" } });
        }

        if (context.Request.Path != keys.AbsolutePath)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var parameters = key.ExportParameters(includePrivateParameters: false);
        return context.Response.WriteAsJsonAsync(new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA",
                    use = "sig",
                    alg = "RS256",
                    kid = KeyId,
                    n = Base64Url.EncodeToString(parameters.Modulus),
                    e = Base64Url.EncodeToString(parameters.Exponent),
                },
            },
        });
    }
}
