using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Access.Keys.Announce;
using Burqi.Catalog.Lists;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Access.Keys;

internal static partial class KeysEndpoints
{
    private const string Tag = "keys";

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/keys", CreateAsync)
            .WithName("createKey")
            .RequireScope(Scopes.Admin)
            .WithTags(Tag)
            .WithSummary("Makes an API key")
            .WithDescription("The answer holds the key itself, this once: only its hash is kept. It opens within a moment on every replica.")
            .Accepts<ApiKeyContent>("application/json")
            .Produces<NewApiKey>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        routes.MapGet("/keys", ListAsync)
            .WithName("listKeys")
            .RequireScope(Scopes.Admin)
            .WithTags(Tag)
            .WithSummary("API keys, the latest made first")
            .WithDescription("Revoked ones too; those of the configuration are not among them. Follow next_cursor for the next page; on the last page it is null.")
            .WithMetadata(KeysQuery.Parameters);
        routes.MapGet("/keys/{id}", GetAsync)
            .WithName("getKey")
            .RequireScope(Scopes.Admin)
            .WithTags(Tag)
            .WithSummary("One API key")
            .WithDescription("What it opens and when it was last used; nothing of the key itself.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost("/keys/{id}/rotate", RotateAsync)
            .WithName("rotateKey")
            .RequireScope(Scopes.Admin)
            .WithTags(Tag)
            .WithSummary("Exchanges an API key")
            .WithDescription(
                "The same key by id, name and scopes, and a new secret, which the answer holds this once. The old one is good for grace_seconds more; "
                + "one that was exchanged before it is not any more. Sessions that were opened with the old one end with it; so does, without grace, what was shared with it.")
            .Accepts<KeyRotation>(isOptional: true, "application/json")
            .Produces<NewApiKey>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        routes.MapDelete("/keys/{id}", RevokeAsync)
            .WithName("revokeKey")
            .RequireScope(Scopes.Admin)
            .WithTags(Tag)
            .WithSummary("Revokes an API key")
            .WithDescription("For good, with its sessions and what it shared: within five seconds on every replica. The row stays.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, SaveKeyCommands commands, KeyNewsBell bell, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var (document, problem) = await JsonBody.ReadAsync(context.Request, isOptional: false, cancellationToken);
        if (document is null)
        {
            return problem!;
        }

        using (document)
        {
            var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
            if (ApiKeyReader.Read(document.RootElement, time.GetUtcNow(), errors) is not { } content)
            {
                return TypedResults.ValidationProblem(errors);
            }

            if (await commands.CreateAsync(Caller.Of(context), content, cancellationToken) is not { } key)
            {
                return CatalogProblems.Problem(
                    StatusCodes.Status409Conflict, $"There are {SaveKeyCommands.MostKeys} keys that open something, and there cannot be more: revoke those that nobody needs.");
            }

            bell.Ring();
            Log.Created(loggers.CreateLogger(typeof(KeysEndpoints)), key.Id, string.Join(' ', key.Scopes), Caller.Of(context).Id);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created($"/keys/{key.Id}", key);
        }
    }

    private static async Task<Results<Ok<Page<ApiKey>>, ValidationProblem>> ListAsync(HttpRequest request, KeysQuery query, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var list = KeysQuery.Parameters.Parse(request.Query, errors);
        return errors.Count > 0 ? TypedResults.ValidationProblem(errors) : TypedResults.Ok(await query.PageAsync(list, Caller.Of(request.HttpContext), cancellationToken));
    }

    private static async Task<Results<Ok<ApiKey>, ProblemHttpResult>> GetAsync(
        [FromRoute(Name = "id"), Description("The key's id.")] string id, KeysQuery query, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out var keyId) && await query.OneAsync(keyId, cancellationToken) is { } key ? TypedResults.Ok(key) : NoSuchKey();

    private static async Task<IResult> RotateAsync(
        [FromRoute(Name = "id"), Description("The key's id.")] string id,
        HttpContext context,
        SaveKeyCommands commands,
        KeysQuery query,
        KeyNewsBell bell,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var (document, problem) = await JsonBody.ReadAsync(context.Request, isOptional: true, cancellationToken);
        if (document is null)
        {
            return problem!;
        }

        using (document)
        {
            var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
            if (ApiKeyReader.ReadGrace(document.RootElement, errors) is not { } grace)
            {
                return TypedResults.ValidationProblem(errors);
            }

            if (!Guid.TryParseExact(id, "N", out var keyId))
            {
                return NoSuchKey();
            }

            if (await commands.RotateAsync(Caller.Of(context), keyId, grace, cancellationToken) is not { } key)
            {
                return await query.OneAsync(keyId, cancellationToken) is null
                    ? NoSuchKey()
                    : CatalogProblems.Problem(StatusCodes.Status409Conflict, "The key opens nothing any more: it is revoked, or has expired.");
            }

            bell.Ring();
            Log.Rotated(loggers.CreateLogger(typeof(KeysEndpoints)), key.Id, grace, Caller.Of(context).Id);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Ok(key);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        [FromRoute(Name = "id"), Description("The key's id.")] string id,
        HttpContext context,
        SaveKeyCommands commands,
        KeyNewsBell bell,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "N", out var keyId) || !await commands.RevokeAsync(Caller.Of(context), keyId, cancellationToken))
        {
            return NoSuchKey();
        }

        bell.Ring();
        Log.Revoked(loggers.CreateLogger(typeof(KeysEndpoints)), keyId.ToString("N"), Caller.Of(context).Id);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NoSuchKey() => CatalogProblems.Problem(StatusCodes.Status404NotFound, "There is no key with this id.");

    private static partial class Log
    {
        [LoggerMessage(5222, LogLevel.Information, "API key {KeyId} was made, which opens {Scopes}, by {CallerId}")]
        public static partial void Created(ILogger logger, string keyId, string scopes, string callerId);

        [LoggerMessage(5223, LogLevel.Information, "API key {KeyId} was exchanged, the old one is good for {GraceSeconds} s more, by {CallerId}")]
        public static partial void Rotated(ILogger logger, string keyId, int graceSeconds, string callerId);

        [LoggerMessage(5224, LogLevel.Information, "API key {KeyId} was revoked, by {CallerId}")]
        public static partial void Revoked(ILogger logger, string keyId, string callerId);
    }
}
