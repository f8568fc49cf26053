using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access.Oidc;

/// <summary>Whose tokens open the API beside our own keys, from the environment variables each names.</summary>
internal sealed class OidcOptions
{
    /// <summary><c>BURQI_OIDC_AUTHORITY</c>: the issuer, as its tokens write it. Unset: no tokens.</summary>
    public string? Authority { get; set; }

    /// <summary><c>BURQI_OIDC_AUDIENCE</c>: what the tokens must be for.</summary>
    public string? Audience { get; set; }

    /// <summary><c>BURQI_OIDC_SCOPES_CLAIM</c>: where else than in <c>scope</c> and <c>scp</c> our scopes stand; dots lead into objects. Optional.</summary>
    public string? ScopesClaim { get; set; }

    /// <summary>
    /// <c>BURQI_OIDC_ASSISTANTS_CLAIM</c>: where the assistants stand to which a caller is limited. Where it is set, a token without it sees
    /// none, unless it is an admin's. Optional.
    /// </summary>
    public string? AssistantsClaim { get; set; }

    public void Read(IConfiguration configuration)
    {
        Authority = Text("BURQI_OIDC_AUTHORITY");
        Audience = Text("BURQI_OIDC_AUDIENCE");
        ScopesClaim = Text("BURQI_OIDC_SCOPES_CLAIM");
        AssistantsClaim = Text("BURQI_OIDC_ASSISTANTS_CLAIM");

        string? Text(string name) => configuration[name]?.Trim() is { Length: > 0 } text ? text : null;
    }
}

internal sealed class OidcOptionsValidator : IValidateOptions<OidcOptions>
{
    public ValidateOptionsResult Validate(string? name, OidcOptions options)
    {
        var failures = new List<string>();
        if (options.Authority is { } authority
            && (!Uri.TryCreate(authority, UriKind.Absolute, out var url) || !IsSafe(url) || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0))
        {
            failures.Add("BURQI_OIDC_AUTHORITY is not the https URL of an issuer (http is for this machine alone).");
        }

        if ((options.Authority is null) != (options.Audience is null))
        {
            failures.Add("BURQI_OIDC_AUTHORITY and BURQI_OIDC_AUDIENCE go together: tokens of the one are taken that are for the other.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Keys that came unprotected over a network would be anybody's.</summary>
    public static bool IsSafe(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);
}
