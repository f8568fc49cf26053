using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Access;

/// <summary><c>Authorization: Bearer &lt;key&gt;</c> (RFC 6750), answered with a problem where it is missing or wrong.</summary>
/// <remarks>The base class is given no logger: it would write three lines for every refusal, and ours says all of it in one.</remarks>
internal sealed class ApiKeyAuthentication(
    ApiKeys keys,
    IAccessLog log,
    IProblemDetailsService problems,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Two of them are as good as none: which one counts would be a guess.
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(keys.Contains(header[Prefix.Length..].Trim())
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name))
            : AuthenticateResult.Fail("The key is not known."));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var keyGiven = (await HandleAuthenticateOnceSafeAsync()).Failure is not null;
        log.Refused(Request.Method, Context.GetEndpoint()?.DisplayName, keyGiven, Context.Connection.RemoteIpAddress?.ToString());

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = keyGiven ? "Bearer realm=\"burqi\", error=\"invalid_token\"" : "Bearer realm=\"burqi\"";
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            ProblemDetails =
            {
                Status = StatusCodes.Status401Unauthorized,
                Detail = keyGiven ? "The API key is not known." : "An API key is needed: send it as \"Authorization: Bearer <key>\".",
            },
        });
    }
}
