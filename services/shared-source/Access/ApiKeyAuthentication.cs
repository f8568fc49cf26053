using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Access;

/// <summary><c>Authorization: Bearer &lt;key&gt;</c> (RFC 6750), answered with a problem where it is missing, wrong or not enough.</summary>
/// <remarks>The base class is given no logger: it would write three lines for every refusal, and ours says all of it in one.</remarks>
internal sealed class ApiKeyAuthentication(
    IEnumerable<ICallerSource> sources,
    IAccessLog log,
    IProblemDetailsService problems,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    private const string Prefix = "Bearer ";

    // No key and no token is longer; what is longer need not be hashed.
    private const int LongestToken = 8 * 1024;

    private string? Address => Context.Connection.RemoteIpAddress?.ToString();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // An open route asks nobody who he is: it is there when the database is not.
        // Two headers are as good as none: which one counts would be a guess.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        return await FindAsync(header[Prefix.Length..].Trim()) is { } caller ? Succeed(caller) : AuthenticateResult.Fail("The key is not known.");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var keyGiven = (await HandleAuthenticateOnceSafeAsync()).Failure is not null;
        log.Refused(Request.Method, Context.GetEndpoint()?.DisplayName, keyGiven, Address);

        Response.Headers.WWWAuthenticate = keyGiven ? "Bearer realm=\"burqi\", error=\"invalid_token\"" : "Bearer realm=\"burqi\"";
        await WriteProblemAsync(
            StatusCodes.Status401Unauthorized,
            keyGiven ? "The API key is not known." : "An API key is needed: send it as \"Authorization: Bearer <key>\".");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;
        Response.Headers.WWWAuthenticate = $"Bearer realm=\"burqi\", error=\"insufficient_scope\"{(scope is null ? "" : $", scope=\"{scope}\"")}";
        return WriteProblemAsync(
            StatusCodes.Status403Forbidden, scope is null ? "No key opens this." : $"The API key does not open this: it lacks the scope {scope}.");
    }

    private async Task<Caller?> FindAsync(string token)
    {
        foreach (var source in token.Length is 0 or > LongestToken ? [] : sources)
        {
            if (await source.FindAsync(token, Context.RequestAborted) is { } caller)
            {
                return caller;
            }
        }

        return null;
    }

    private AuthenticateResult Succeed(Caller caller)
    {
        Context.Features.Set(caller with { Address = Address });

        // What is behind the door is for one caller: no cache on the way may keep it for the next.
        Response.Headers.CacheControl = "private, no-cache";
        Response.Headers.Append("Vary", "Authorization, Cookie");
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name));
    }

    private async Task WriteProblemAsync(int status, string detail)
    {
        Response.StatusCode = status;
        Response.Headers.CacheControl = "no-store";
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = { Status = status, Detail = detail } });
    }
}
