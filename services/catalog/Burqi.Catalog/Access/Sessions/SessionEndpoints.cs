using System.ComponentModel;
using System.Text.Json.Serialization;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Access.Sessions;

internal static class SessionEndpoints
{
    private const string Route = "/session";
    private const string Tag = "session";
    private const int LongestKey = 8 * 1024;

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, OpenAsync)
            .WithName("openSession")
            .OpenToAll("It takes a key in its body, and counts those that are none.")
            .WithTags(Tag)
            .WithSummary("Opens a session for a browser")
            .WithDescription(
                $"The cookie {BrowserSessions.Cookie} opens what the key opens, for twelve hours at most and no longer than the key is good. "
                + "With it, what changes something needs the header X-Burqi-Request: 1 and must come from our own page. A session that the browser had before ends.")
            .Accepts<SessionKey>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        routes.MapGet(Route, Get)
            .WithName("getSession")
            .RequireAnyKey()
            .WithTags(Tag)
            .WithSummary("Who asks, and what that opens")
            .WithDescription("Of a session, or of the key that is sent.");
        routes.MapDelete(Route, EndAsync)
            .WithName("endSession")
            .OpenToAll("It ends the session whose cookie comes with it, and nothing else.")
            .WithTags(Tag)
            .WithSummary("Ends the browser's session")
            .WithDescription("At once and everywhere. It needs the header X-Burqi-Request: 1. 204 where there is none, too.")
            .ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<IResult> OpenAsync(
        HttpContext context,
        BrowserSessions sessions,
        Callers callers,
        RequestLimits limits,
        ClientAddress addresses,
        IAccessLog log,
        CancellationToken cancellationToken)
    {
        var (document, problem) = await JsonBody.ReadAsync(context.Request, isOptional: false, cancellationToken);
        if (document is null)
        {
            return problem!;
        }

        string? key;
        using (document)
        {
            var members = document.RootElement.EnumerateObject().ToArray();
            key = members is [{ Name: "key" } only] ? JsonBody.Text(only.Value, LongestKey)?.Trim() : null;
        }

        if (key is not { Length: > 0 })
        {
            return JsonBody.Invalid("key", "The body is {\"key\": \"…\"} and nothing else.");
        }

        // Nobody is logged in by another page, with a key of its choice.
        if (!RequestOrigin.IsOwn(context.Request) && (context.Request.Headers.ContainsKey(HeaderNames.Origin) || context.Request.Headers.ContainsKey("Sec-Fetch-Site")))
        {
            return CatalogProblems.Problem(StatusCodes.Status403Forbidden, "Another page asks for this: only our own may.");
        }

        // As at the other door: a good key is never kept out by those who try others from the same address, and asks as often as it may.
        var caller = await callers.FindAsync(key, cancellationToken);
        if (caller is not null && limits.Take(caller) is { } pause)
        {
            log.Limited();
            return CatalogProblems.Limited(context, pause, "This API key has made as many requests as it may for now.");
        }

        if (caller is null || await sessions.OpenAsync(key, caller, cancellationToken) is not var (token, expiresAt))
        {
            var address = addresses.Of(context);
            if (limits.Failed(address) is { } wait)
            {
                log.Limited();
                return CatalogProblems.Limited(context, wait, "Too many API keys that are not known came from this address.");
            }

            log.Refused(context.Request.Method, context.GetEndpoint()?.DisplayName, keyGiven: true, address);
            return CatalogProblems.Problem(StatusCodes.Status401Unauthorized, "The API key is not known.");
        }

        await sessions.EndAsync(context.Request, cancellationToken);
        context.Response.Cookies.Append(BrowserSessions.Cookie, token, Cookie(context, addresses, expiresAt));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.NoContent();
    }

    private static Ok<SessionView> Get(HttpContext context)
    {
        var caller = Caller.Of(context);
        return TypedResults.Ok(new SessionView
        {
            Name = caller.Name,
            Scopes = [.. Scopes.All.Where(caller.Scopes.Contains)],
            Assistants = caller.AssistantIds,
            ExpiresAt = caller.ExpiresAt,
        });
    }

    private static async Task<IResult> EndAsync(HttpContext context, BrowserSessions sessions, ClientAddress addresses, CancellationToken cancellationToken)
    {
        if (RequestOrigin.Refuse(context.Request) is { } refusal)
        {
            return CatalogProblems.Problem(refusal.Status, refusal.Detail);
        }

        await sessions.EndAsync(context.Request, cancellationToken);
        context.Response.Cookies.Delete(BrowserSessions.Cookie, Cookie(context, addresses, expiresAt: null));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.NoContent();
    }

    private static CookieOptions Cookie(HttpContext context, ClientAddress addresses, DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
        Path = "/",
        Expires = expiresAt,
        // The page's own address tells of an encrypted connection that ends before us.
        Secure = addresses.IsEncrypted(context) || context.Request.Headers[HeaderNames.Origin].ToString().StartsWith("https://", StringComparison.OrdinalIgnoreCase),
    };
}

/// <summary>What a session is opened with.</summary>
internal sealed record SessionKey
{
    [JsonPropertyName("key")]
    [Description("An API key, or another bearer token that is good here.")]
    public required string Key { get; init; }
}

/// <summary>Who asks.</summary>
internal sealed record SessionView
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("scopes")]
    public required string[] Scopes { get; init; }

    [JsonPropertyName("assistants")]
    [Description("The assistants to whose calls and recordings all is limited; null: no limit.")]
    public string[]? Assistants { get; init; }

    [JsonPropertyName("expires_at")]
    [Description("When the session ends, or the key; null: not by itself.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}
