using System.Collections.Frozen;
using System.Text.Json;
using Burqi.Access;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access.Oidc;

/// <summary>Knows whom an issuer's token stands for, and what of ours it opens.</summary>
internal sealed class OidcTokens(OidcKeys keys, IOptions<OidcOptions> options, TimeProvider time) : ICallerSource
{
    private const int LongestText = 190;

    /// <summary>How far the issuer's clock and ours may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>What of a token people know somebody by, the best first.</summary>
    private static readonly string[] Names = ["preferred_username", "email", "name", "client_id", "azp", "sub"];

    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken) =>
        options.Value.Authority is { } authority
        && SignedToken.Parse(token) is { } parsed
        && parsed.ClaimedIssuer == authority
        && await keys.VerifyAsync(parsed, cancellationToken) is { } claims
            ? Find(claims)
            : null;

    private Caller? Find(JsonElement claims)
    {
        try
        {
            return Read(claims);
        }
        catch (InvalidOperationException)
        {
            // A text that is none: half of a surrogate pair.
            return null;
        }
    }

    private Caller? Read(JsonElement claims)
    {
        var now = time.GetUtcNow();
        if (!Values(claims, "aud").Contains(options.Value.Audience, StringComparer.Ordinal)
            || Time(claims, "exp") is not { } expires || now >= expires + ClockSkew
            || (claims.TryGetProperty("nbf", out _) && !(Time(claims, "nbf") is { } begins && now >= begins - ClockSkew))
            || Plain(SignedToken.Text(claims, "sub")) is not { } subject)
        {
            return null;
        }

        var scopes = ReadScopes(claims);
        var assistants = options.Value.AssistantsClaim is { } claim ? Values(At(claims, claim)).ToFrozenSet(StringComparer.Ordinal) : null;
        if (assistants is { Count: > 0 })
        {
            // Who is limited opens no more than that, whatever else the token says.
            scopes.Remove(Scopes.Admin);
        }

        return new Caller
        {
            Id = Caller.OfTokens + subject,
            Name = Names.Select(name => Plain(SignedToken.Text(claims, name))).First(name => name is not null)!,
            Scopes = scopes.ToFrozenSet(StringComparer.Ordinal),
            Assistants = scopes.Contains(Scopes.Admin) ? null : assistants,
            ExpiresAt = expires,
        };
    }

    private HashSet<string> ReadScopes(JsonElement claims)
    {
        var said = Values(claims, "scope").Concat(Values(claims, "scp"));
        if (options.Value.ScopesClaim is { } claim)
        {
            said = said.Concat(Values(At(claims, claim)));
        }

        return [.. said.SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Intersect(Scopes.All, StringComparer.Ordinal)];
    }

    /// <summary>A claim of this very name, which may be a URL; else the one that the dots lead to.</summary>
    private static JsonElement? At(JsonElement claims, string path)
    {
        if (claims.TryGetProperty(path, out var whole))
        {
            return whole;
        }

        JsonElement? found = claims;
        foreach (var part in path.Split('.'))
        {
            found = found is { ValueKind: JsonValueKind.Object } fields && fields.TryGetProperty(part, out var value) ? value : null;
        }

        return found;
    }

    private static IEnumerable<string> Values(JsonElement claims, string name) => Values(claims.TryGetProperty(name, out var value) ? value : null);

    private static IEnumerable<string> Values(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)],
        _ => [],
    };

    private static string? Plain(string? text) => text is { Length: > 0 and <= LongestText } && !text.Any(char.IsControl) ? text : null;

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;
}
