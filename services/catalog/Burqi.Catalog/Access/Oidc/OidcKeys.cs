using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Access;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access.Oidc;

/// <summary>
/// The keys that the issuer signs with, as its OpenID configuration names them. They are fetched anew after an hour, and for a token with a key that is not
/// among them, but not at once again: tokens with invented keys cost nobody anything. While the issuer is away those of the last day are used on; who is known by one of them waits for no issuer.
/// </summary>
internal sealed partial class OidcKeys(IHttpClientFactory clients, IOptions<OidcOptions> options, TimeProvider time, ILogger<OidcKeys> logger)
{
    public const string ClientName = "oidc-keys";

    /// <summary>An answer beyond this size is no set of keys.</summary>
    public const int LargestAnswer = 256 * 1024;

    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    /// <summary>RFC 7518 §3.3 asks for no less.</summary>
    private const int LeastKeyBits = 2048;

    private readonly Lock gate = new();
    private volatile KeySet? keys;
    private Task fetching = Task.CompletedTask;
    private long? restsSince;

    /// <summary>Those that may still be used.</summary>
    private KeySet? Usable => keys is { } known && time.GetElapsedTime(known.FetchedAt) < Lifetime ? known : null;

    /// <summary>The claims of a token that one of the issuer's keys signed; null where none did.</summary>
    /// <exception cref="KeysUnavailableException">The issuer's keys are not known and cannot be fetched.</exception>
    public async ValueTask<JsonElement?> VerifyAsync(SignedToken token, CancellationToken cancellationToken)
    {
        var known = Usable;
        var isFresh = known is not null && time.GetElapsedTime(known.FetchedAt) < Fresh;
        if (known?.Verify(token) is { } claims)
        {
            if (!isFresh)
            {
                // Beside this request: an issuer that does not answer holds up nobody whose key is known.
                _ = FetchAsync();
            }

            return claims;
        }

        // A token that a known key did not sign needs no other keys; one that names another key may.
        if (!isFresh || !known!.Has(token))
        {
            await FetchAsync().WaitAsync(cancellationToken);
        }

        return (Usable ?? throw new KeysUnavailableException(null)).Verify(token);
    }

    /// <summary>One for all who wait for it. Whoever asked first may leave: it goes on.</summary>
    private Task FetchAsync()
    {
        lock (gate)
        {
            if (!fetching.IsCompleted || (restsSince is { } rest && time.GetElapsedTime(rest) < LeastInterval))
            {
                return fetching;
            }

            // The very first keys may be followed by new ones at once.
            restsSince = keys is null ? null : time.GetTimestamp();
            return fetching = Task.Run(FetchOnceAsync);
        }
    }

    private async Task FetchOnceAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(FetchTimeout, time);

            // The keys of before are left to whoever has them in hand: they are few, and verify on.
            keys = new KeySet(await ReadAsync(patience.Token), time.GetTimestamp());
        }
        catch (Exception exception)
        {
            // Whatever it was that came, it was no keys: those of before are used on.
            lock (gate)
            {
                restsSince = time.GetTimestamp();
            }

            Log.NotFetched(logger, exception.Message);
        }
    }

    private async Task<IReadOnlyList<(string? Id, AsymmetricAlgorithm Key)>> ReadAsync(CancellationToken cancellationToken)
    {
        var authority = options.Value.Authority!;
        using var client = clients.CreateClient(ClientName);
        var configuration = await client.GetFromJsonAsync(
            new Uri($"{authority.TrimEnd('/')}/.well-known/openid-configuration"), OidcJsonContext.Default.OpenIdConfiguration, cancellationToken);
        if (configuration?.Issuer != authority)
        {
            throw new JsonException("The OpenID configuration is of another issuer than BURQI_OIDC_AUTHORITY.");
        }

        if (!Uri.TryCreate(configuration.JwksUri, UriKind.Absolute, out var address) || !OidcOptionsValidator.IsSafe(address))
        {
            throw new JsonException("The OpenID configuration names no https address of keys.");
        }

        var set = await client.GetFromJsonAsync(address, OidcJsonContext.Default.JsonWebKeySet, cancellationToken);
        return
        [
            .. (set?.Keys ?? [])
                .Where(key => key is { Use: null or "sig" })
                .Select(key => (key.KeyId, Key: Read(key)))
                .Where(entry => entry.Key is not null)
                .Select(entry => (entry.KeyId, entry.Key!)),
        ];
    }

    private static AsymmetricAlgorithm? Read(JsonWebKey key)
    {
        try
        {
            switch (key)
            {
                case { KeyType: "RSA", Algorithm: null or SignedToken.Rs256 } when Bytes(key.Modulus) is { } modulus && Bytes(key.Exponent) is { } exponent:
                    var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
                    if (rsa.KeySize >= LeastKeyBits)
                    {
                        return rsa;
                    }

                    rsa.Dispose();
                    return null;
                case { KeyType: "EC", Curve: "P-256", Algorithm: null or SignedToken.Es256 } when Bytes(key.X) is { } x && Bytes(key.Y) is { } y:
                    return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
                default:
                    return null;
            }
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Bytes(string? text) => text is { Length: > 0 } && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private sealed record KeySet(IReadOnlyList<(string? Id, AsymmetricAlgorithm Key)> Keys, long FetchedAt)
    {
        public bool Has(SignedToken token) => Candidates(token).Any();

        public JsonElement? Verify(SignedToken token)
        {
            foreach (var (_, key) in Candidates(token))
            {
                // These are used by many requests at once, which they do not promise to bear.
                lock (key)
                {
                    if (token.Verify(key) is { } claims)
                    {
                        return claims;
                    }
                }
            }

            return null;
        }

        private IEnumerable<(string? Id, AsymmetricAlgorithm Key)> Candidates(SignedToken token) => Keys.Where(entry => token.KeyId is null || entry.Id == token.KeyId);
    }

    private static partial class Log
    {
        [LoggerMessage(5250, LogLevel.Warning, "The signing keys of BURQI_OIDC_AUTHORITY could not be fetched: {Reason}")]
        public static partial void NotFetched(ILogger logger, string reason);
    }
}

/// <summary>What is read of an OpenID configuration.</summary>
internal sealed record OpenIdConfiguration([property: JsonPropertyName("issuer")] string? Issuer, [property: JsonPropertyName("jwks_uri")] string? JwksUri);

/// <summary>RFC 7517 §5.</summary>
internal sealed record JsonWebKeySet([property: JsonPropertyName("keys")] List<JsonWebKey>? Keys);

/// <summary>A public key (RFC 7518 §6.2.1, §6.3.1).</summary>
internal sealed record JsonWebKey(
    [property: JsonPropertyName("kid")] string? KeyId,
    [property: JsonPropertyName("kty")] string? KeyType,
    [property: JsonPropertyName("use")] string? Use,
    [property: JsonPropertyName("alg")] string? Algorithm,
    [property: JsonPropertyName("n")] string? Modulus,
    [property: JsonPropertyName("e")] string? Exponent,
    [property: JsonPropertyName("crv")] string? Curve,
    [property: JsonPropertyName("x")] string? X,
    [property: JsonPropertyName("y")] string? Y);

[JsonSerializable(typeof(OpenIdConfiguration))]
[JsonSerializable(typeof(JsonWebKeySet))]
internal sealed partial class OidcJsonContext : JsonSerializerContext;
