using Burqi.Media.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Acs;

/// <summary>ACS's media socket: everything that can be refused is refused before the upgrade is accepted.</summary>
internal sealed partial class AcsMediaEndpoint(
    AcsSigningKeys keys,
    MediaSocketUpgrade upgrade,
    IOptions<MediaOptions> options,
    TimeProvider time,
    ILogger<AcsMediaEndpoint> logger)
{
    public const string Route = "/acs/media/{contextId}";

    private const string CallConnectionHeader = "x-ms-call-connection-id";

    /// <summary>Whoever answers the call gives the address, and with it says which assistant takes the call.</summary>
    private const string AssistantParameter = "assistant_id";

    private const string Scheme = "Bearer ";

    public async Task HandleAsync(HttpContext context)
    {
        var contextId = context.GetRouteValue("contextId") as string;
        if (!AcsId.IsValid(contextId))
        {
            await upgrade.RefuseAsync(context, StatusCodes.Status404NotFound, "no_context", "There is no such context.");
            return;
        }

        if (!await upgrade.IsWebSocketAsync(context) || !await IsFromAcsAsync(context))
        {
            return;
        }

        // The call as every other part of ACS names it; the context is the application's own word for it.
        var connection = context.Request.Headers[CallConnectionHeader].ToString();
        var callId = AcsId.IsValid(connection) ? connection : contextId!;
        var assistantId = context.Request.Query[AssistantParameter].ToString();
        await upgrade.RunAsync(context, () => new AcsMediaReader(callId, assistantId), _ => new AcsAgentReader(), isTwoWay: false);
    }

    private async Task<bool> IsFromAcsAsync(HttpContext context)
    {
        if (!options.Value.VerifySignatures)
        {
            return true;
        }

        if (options.Value.AcsResourceId is not { } resource)
        {
            Log.NoResource(logger);
            await upgrade.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "not_configured", "This node takes no streams of ACS: ACS_RESOURCE_ID is not set.");
            return false;
        }

        try
        {
            var authorization = context.Request.Headers.Authorization.ToString();
            if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && AcsAccessToken.TryParse(authorization[Scheme.Length..].Trim(), out var token)
                && await keys.FindAsync(token.KeyId, context.RequestAborted) is { } key
                && token.IsValid(key, resource, time.GetUtcNow()))
            {
                return true;
            }
        }
        catch (HttpRequestException exception)
        {
            Log.NoKeys(logger, exception);
            context.Response.Headers.RetryAfter = "5";
            await upgrade.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "no_keys", "The provider's signing keys cannot be fetched now.");
            return false;
        }

        Log.TokenRefused(logger);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await upgrade.RefuseAsync(context, StatusCodes.Status401Unauthorized, "token", "The request carries no valid token of the provider.");
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Warning, "A media stream of ACS was refused: its token is missing or wrong")]
        public static partial void TokenRefused(ILogger logger);

        [LoggerMessage(3102, LogLevel.Error, "A media stream of ACS was refused: its token cannot be checked, since the signing keys are not to be had")]
        public static partial void NoKeys(ILogger logger, Exception exception);

        [LoggerMessage(3103, LogLevel.Error, "A media stream of ACS was refused: its token cannot be checked without ACS_RESOURCE_ID")]
        public static partial void NoResource(ILogger logger);
    }
}
