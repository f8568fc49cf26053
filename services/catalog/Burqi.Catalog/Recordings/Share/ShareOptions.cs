using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>Where share links lead to, from the environment variable it names.</summary>
internal sealed class ShareOptions
{
    /// <summary><c>CALLBACK_URI_HOST</c>: the public base URL. Unset: the address that the request for a link was made to.</summary>
    public string? PublicBaseUrl { get; set; }
}

internal sealed class ShareOptionsValidator : IValidateOptions<ShareOptions>
{
    public ValidateOptionsResult Validate(string? name, ShareOptions options) =>
        options.PublicBaseUrl is { } url
        && (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || (parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps))
            ? ValidateOptionsResult.Fail("CALLBACK_URI_HOST is not an http or https URL.")
            : ValidateOptionsResult.Success;
}
