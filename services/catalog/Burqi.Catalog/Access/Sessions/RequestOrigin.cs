using Burqi.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>
/// Whether a request that a browser makes in somebody's session was made by our own page. The cookie alone does not tell: it is sent with what
/// another page of the same site asks for.
/// </summary>
internal static class RequestOrigin
{
    private const string FetchSite = "Sec-Fetch-Site";
    private const string SameOrigin = "same-origin";
    private const string ByTheUser = "none";

    // No form and no link can send it, and no script of another origin without being asked first.
    private const string OwnHeader = "X-Burqi-Request";

    /// <summary>Why the request is not answered; null: it is.</summary>
    public static Refusal? Refuse(HttpRequest request)
    {
        var site = request.Headers[FetchSite].ToString();
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return site is "" or SameOrigin or ByTheUser ? null : new(StatusCodes.Status403Forbidden, "Another page asks for this in your session: only our own may.");
        }

        if (request.Headers[OwnHeader].ToString() != "1")
        {
            return new(StatusCodes.Status403Forbidden, $"In a session, what changes something needs the header {OwnHeader}: 1.");
        }

        return IsOwn(request) ? null : new(StatusCodes.Status403Forbidden, "Another page asks for this in your session: only our own may.");
    }

    /// <summary>Whether what the browser says of the asking page names ours; where it says nothing, it does not.</summary>
    public static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers[FetchSite].ToString();
        var origin = request.Headers[HeaderNames.Origin].ToString();
        return site.Length > 0
            ? site == SameOrigin
            : Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, Authority(request, page.Scheme), StringComparison.OrdinalIgnoreCase);
    }

    // As a URL of the page's scheme writes it, which leaves the scheme's own port out.
    private static string? Authority(HttpRequest request, string scheme) =>
        Uri.TryCreate($"{scheme}://{request.Host.Value}", UriKind.Absolute, out var own) ? own.Authority : null;
}
