using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Burqi.Access;

/// <summary><c>Authorization: Bearer &lt;key&gt;</c> (RFC 6750), or a browser's session, answered with a problem where it is missing, wrong or not enough.</summary>
/// <remarks>The base class is given no logger: it would write three lines for every refusal, and ours says all of it in one.</remarks>
internal sealed class ApiKeyAuthentication(
    Callers callers,
    IEnumerable<ISessions> sessions,
    RequestLimits limits,
    ClientAddress addresses,
    IAccessLog log,
    IProblemDetailsService problems,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    private const string Prefix = "Bearer ";

    private static readonly TimeSpan RetryAfterOutage = TimeSpan.FromSeconds(5);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // An open route asks nobody who he is: it is there when the database is not.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        if (Request.Headers.Authorization.Count == 0)
        {
            foreach (var session in sessions)
            {
                switch (await session.FindAsync(Context, Context.RequestAborted))
                {
                    case ({ } user, var refusal, _):
                        return Succeed(user, refusal);
                    case (null, _, true):
                        return AuthenticateResult.Fail("The session is made up.");
                }
            }

            return AuthenticateResult.NoResult();
        }

        // Two headers are as good as none: which one counts would be a guess.
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        try
        {
            return await callers.FindAsync(header[Prefix.Length..].Trim(), Context.RequestAborted) is { } caller
                ? Succeed(caller, refusal: null)
                : AuthenticateResult.Fail("The key is not known.");
        }
        catch (KeysUnavailableException exception)
        {
            Context.Features.Set(new Refusal(StatusCodes.Status503ServiceUnavailable, exception.Message, RetryAfterOutage));
            return AuthenticateResult.Fail(exception);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.Features.Get<Refusal>() is { } outage)
        {
            await WriteProblemAsync(outage);
            return;
        }

        var keyGiven = (await HandleAuthenticateOnceSafeAsync()).Failure is not null;
        var address = addresses.Of(Context);
        if (keyGiven && limits.Failed(address) is { } wait)
        {
            log.Limited();
            await WriteProblemAsync(new(StatusCodes.Status429TooManyRequests, "Too many API keys that are not known came from this address.", wait));
            return;
        }

        log.Refused(Request.Method, Context.GetEndpoint()?.DisplayName, keyGiven, address);
        Response.Headers.WWWAuthenticate = keyGiven ? "Bearer realm=\"burqi\", error=\"invalid_token\"" : "Bearer realm=\"burqi\"";
        await WriteProblemAsync(new(
            StatusCodes.Status401Unauthorized,
            keyGiven ? "The API key is not known." : "An API key is needed: send it as \"Authorization: Bearer <key>\"."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var caller = Caller.Of(Context);
        var refusal = Context.Features.Get<Refusal>() ?? LacksScope();
        log.Forbidden(Request.Method, Context.GetEndpoint()?.DisplayName, refusal.Status, caller.Id, caller.Address);
        return WriteProblemAsync(refusal);
    }

    private Refusal LacksScope()
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope is not { } scope)
        {
            return new(StatusCodes.Status403Forbidden, "No key opens this.");
        }

        Response.Headers.WWWAuthenticate = $"Bearer realm=\"burqi\", error=\"insufficient_scope\", scope=\"{scope}\"";
        return new(StatusCodes.Status403Forbidden, $"The API key does not open this: it lacks the scope {scope}.");
    }

    private AuthenticateResult Succeed(Caller caller, Refusal? refusal)
    {
        if (refusal is null && limits.Take(caller) is { } wait)
        {
            refusal = new(StatusCodes.Status429TooManyRequests, "This API key has made as many requests as it may for now.", wait);
        }

        Context.Features.Set(caller with { Address = addresses.Of(Context) });
        Context.Features.Set(refusal);

        // What is behind the door is for one caller: no cache on the way may keep it for the next.
        Response.Headers.CacheControl = "private, no-cache";
        Response.Headers.Append(HeaderNames.Vary, $"{HeaderNames.Authorization}, {HeaderNames.Cookie}");
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name));
    }

    private async Task WriteProblemAsync(Refusal refusal)
    {
        Response.StatusCode = refusal.Status;
        Response.Headers.CacheControl = "no-store";
        if (refusal.RetryAfter is { } wait)
        {
            Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = { Status = refusal.Status, Detail = refusal.Detail } });
    }
}
