using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Burqi.Access;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>
/// Sessions of the page: a random token in a cookie, its hash in a row. A session opens what the key opens that it was opened with, and ends with it,
/// or after half a day.
/// </summary>
internal sealed class BrowserSessions(SessionTable table, Callers callers, TimeProvider time) : ISessions
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "burqi_session";

    private const int TokenBytes = 32;
    private const int TokenCharacters = 43;

    private static readonly TimeSpan LongestSession = TimeSpan.FromHours(12);

    /// <summary>The request's token; null where it has none.</summary>
    public static string? Token(HttpRequest request) =>
        request.Cookies[Cookie] is { Length: TokenCharacters } token && Base64Url.IsValid(token) ? token : null;

    public async ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Token(context.Request) is not { } token || await FindAsync(token, cancellationToken) is not { } caller)
        {
            return (null, null);
        }

        return (caller, RequestOrigin.Refuse(context.Request));
    }

    /// <summary>Opens a session for whoever has the key, or another token that is good here: its token and its end; null where nobody is known by it.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        if (await callers.FindAsync(key, cancellationToken) is not { } caller)
        {
            return null;
        }

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var longest = time.GetUtcNow() + LongestSession;
        var expiresAt = caller.ExpiresAt is { } end && end < longest ? end : longest;
        var hash = ApiKeys.Hash(key);
        var isKey = (await callers.KeysAsync(caller.Id, cancellationToken)).Any(known => CryptographicOperations.FixedTimeEquals(known.Hash, hash));
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
    public Task EndAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Token(request) is { } token ? table.EndAsync(ApiKeys.Hash(token), cancellationToken) : Task.CompletedTask;

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
