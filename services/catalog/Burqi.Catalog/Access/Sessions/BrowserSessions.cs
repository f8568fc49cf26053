using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Burqi.Access;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>
/// Sessions of the page: a random, signed token in a cookie, its hash in a row. A session opens what the key opens that it was opened with, and ends with it,
/// or after half a day.
/// </summary>
internal sealed class BrowserSessions(SessionTable table, SessionSecret secret, Callers callers, TimeProvider time) : ISessions
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "burqi_session";

    private static readonly TimeSpan LongestSession = TimeSpan.FromHours(12);

    public async ValueTask<(Caller? Caller, Refusal? Refusal, bool IsMadeUp)> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await TokenAsync(context.Request, cancellationToken) is not { } token)
        {
            return (null, null, !string.IsNullOrEmpty(context.Request.Cookies[Cookie]));
        }

        return await FindAsync(token, cancellationToken) is { } caller ? (caller, RequestOrigin.Refuse(context.Request), false) : (null, null, false);
    }

    /// <summary>Opens a session for whoever is known by the key, or another token that is good here: its token and its end; null where the key is good no more.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> OpenAsync(string key, Caller caller, CancellationToken cancellationToken)
    {
        var hash = ApiKeys.Hash(key);
        var isKey = (await callers.KeysAsync(caller.Id, cancellationToken)).Any(known => CryptographicOperations.FixedTimeEquals(known.Hash, hash));
        if (!isKey && !caller.Id.StartsWith(Caller.OfTokens, StringComparison.Ordinal))
        {
            // A key that was revoked since it was looked up. A row without it would never ask for it again.
            return null;
        }

        var token = SessionToken.New(await secret.GetAsync(cancellationToken));
        var longest = time.GetUtcNow() + LongestSession;
        var expiresAt = caller.ExpiresAt is { } end && end < longest ? end : longest;
        var row = new SessionRow
        {
            CallerId = caller.Id,
            KeyCheck = isKey ? KeyCheck(token, hash) : null,
            Caller = isKey ? null : JsonSerializer.Serialize(SessionCaller.Of(caller), CatalogJsonContext.Default.SessionCaller),
            ExpiresAt = expiresAt.UtcDateTime,
        };
        await table.AddAsync(ApiKeys.Hash(token), row, cancellationToken);
        return (token, expiresAt);
    }

    /// <summary>Ends the request's session, if it has one.</summary>
    public async Task EndAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (await TokenAsync(request, cancellationToken) is { } token)
        {
            await table.EndAsync(ApiKeys.Hash(token), cancellationToken);
        }
    }

    /// <summary>The request's token; null where it has none, or one that is none of ours.</summary>
    private async ValueTask<string?> TokenAsync(HttpRequest request, CancellationToken cancellationToken) =>
        request.Cookies[Cookie] is { Length: > 0 } token && SessionToken.IsSigned(token, await secret.GetAsync(cancellationToken)) ? token : null;

    private static byte[] KeyCheck(string token, byte[] keyHash) => HMACSHA256.HashData(Encoding.ASCII.GetBytes(token), keyHash);

    private async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(ApiKeys.Hash(token), cancellationToken) is not { } row)
        {
            return null;
        }

        var expiresAt = new DateTimeOffset(row.ExpiresAt, TimeSpan.Zero);
        if (row.Caller is { } known)
        {
            return JsonSerializer.Deserialize(known, CatalogJsonContext.Default.SessionCaller)!.ToCaller() with { ExpiresAt = expiresAt };
        }

        // The very key: another in its place, by an exchange or in the configuration, did not open this.
        return (await callers.KeysAsync(row.CallerId, cancellationToken))
            .Where(key => CryptographicOperations.FixedTimeEquals(KeyCheck(token, key.Hash), row.KeyCheck))
            .Select(key => key.Caller with { ExpiresAt = key.Caller.ExpiresAt < expiresAt ? key.Caller.ExpiresAt : expiresAt })
            .FirstOrDefault();
    }
}
