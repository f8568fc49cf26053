using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Acs;

/// <summary>
/// The keys that ACS signs its tokens with, as its OpenID configuration names them. They are kept for a day; a key that is not among them
/// makes them be fetched anew, but not at once again, so that tokens with invented keys cost nobody anything.
/// </summary>
internal sealed partial class AcsSigningKeys(IHttpClientFactory clients, IOptions<MediaOptions> options, TimeProvider time, ILogger<AcsSigningKeys> logger) : IDisposable
{
    public const string ClientName = "acs-keys";

    /// <summary>An answer beyond this size is none of ACS's.</summary>
    public const int LargestAnswer = 256 * 1024;

    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    /// <summary>RFC 7518 §3.3 asks for no less.</summary>
    private const int LeastKeyBits = 2048;

    private const string Unreachable = "The signing keys of ACS could not be fetched.";

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile KeySet? _keys;
    private long _restUntil = long.MinValue;

    /// <summary>The key of that id; null when ACS does not know it.</summary>
    /// <exception cref="HttpRequestException">No keys are known, and none could be fetched.</exception>
    public async Task<RSAParameters?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (Known(keyId) is { } known)
        {
            return known;
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (Known(keyId) is { } meanwhile)
            {
                return meanwhile;
            }

            if (time.GetTimestamp() >= _restUntil)
            {
                await FetchAsync(cancellationToken);
            }

            return _keys is { } keys ? keys.Find(keyId) : throw new HttpRequestException(Unreachable);
        }
        finally
        {
            _fetching.Release();
        }
    }

    public void Dispose() => _fetching.Dispose();

    private RSAParameters? Known(string keyId) =>
        _keys is { } keys && time.GetElapsedTime(keys.FetchedAt) < Lifetime ? keys.Find(keyId) : null;

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        // The very first keys may be followed by a new one at once.
        var rest = _keys is not null;
        try
        {
            _keys = new KeySet(await ReadAsync(cancellationToken), time.GetTimestamp());
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            rest = true;
            if (_keys is null)
            {
                throw new HttpRequestException(Unreachable, exception);
            }

            // What was good yesterday is better than turning calls away.
            Log.KeysNotFetched(logger, exception.GetType().Name);
        }
        finally
        {
            _restUntil = rest ? time.GetTimestamp() + (long)(LeastInterval.TotalSeconds * time.TimestampFrequency) : long.MinValue;
        }
    }

    private async Task<Dictionary<string, RSAParameters>> ReadAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        var address = new Uri(options.Value.AcsOpenIdConfigurationUrl);
        var configuration = await client.GetFromJsonAsync(address, AcsJsonContext.Default.OpenIdConfiguration, cancellationToken);
        if (!Uri.TryCreate(configuration?.JwksUri, UriKind.Absolute, out var keysAddress) || keysAddress.Scheme != address.Scheme)
        {
            throw new JsonException("The OpenID configuration names no address of keys.");
        }

        var set = await client.GetFromJsonAsync(keysAddress, AcsJsonContext.Default.JsonWebKeySet, cancellationToken);
        var keys = new Dictionary<string, RSAParameters>(StringComparer.Ordinal);
        foreach (var key in set?.Keys ?? [])
        {
            if (key is { KeyType: "RSA", Use: null or "sig", KeyId: { Length: > 0 } id } && Read(key) is { } parameters)
            {
                keys[id] = parameters;
            }
        }

        return keys;
    }

    private static RSAParameters? Read(JsonWebKey key)
    {
        if (!Base64Url.IsValid(key.Modulus) || !Base64Url.IsValid(key.Exponent))
        {
            return null;
        }

        var parameters = new RSAParameters { Modulus = Base64Url.DecodeFromChars(key.Modulus), Exponent = Base64Url.DecodeFromChars(key.Exponent) };
        try
        {
            using var rsa = RSA.Create(parameters);
            return rsa.KeySize >= LeastKeyBits ? parameters : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record KeySet(Dictionary<string, RSAParameters> Keys, long FetchedAt)
    {
        public RSAParameters? Find(string keyId) => Keys.TryGetValue(keyId, out var key) ? key : null;
    }

    private static partial class Log
    {
        [LoggerMessage(3100, LogLevel.Warning, "The signing keys of ACS could not be fetched anew ({Reason}): those known are used on")]
        public static partial void KeysNotFetched(ILogger logger, string reason);
    }
}

/// <summary>What is read of an OpenID configuration.</summary>
internal sealed record OpenIdConfiguration([property: JsonPropertyName("jwks_uri")] string? JwksUri);

/// <summary>RFC 7517 §5.</summary>
internal sealed record JsonWebKeySet([property: JsonPropertyName("keys")] List<JsonWebKey>? Keys);

/// <summary>A public key for RSA (RFC 7518 §6.3.1).</summary>
internal sealed record JsonWebKey(
    [property: JsonPropertyName("kid")] string? KeyId,
    [property: JsonPropertyName("kty")] string? KeyType,
    [property: JsonPropertyName("use")] string? Use,
    [property: JsonPropertyName("n")] string? Modulus,
    [property: JsonPropertyName("e")] string? Exponent);

[JsonSerializable(typeof(OpenIdConfiguration))]
[JsonSerializable(typeof(JsonWebKeySet))]
internal sealed partial class AcsJsonContext : JsonSerializerContext;
