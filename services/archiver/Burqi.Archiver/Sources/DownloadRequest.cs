using System.Net.Http.Headers;

namespace Burqi.Archiver.Sources;

/// <summary>What is asked for over HTTP.</summary>
/// <param name="Uri">Where it lies.</param>
internal sealed record DownloadRequest(Uri Uri)
{
    /// <summary>Sent to the host of <see cref="Uri"/>, never to another.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Signs a request for <see cref="Uri"/>. It is not called for an address that this one redirects to.</summary>
    public Action<HttpRequestMessage>? Sign { get; init; }

    /// <summary>How many redirects are followed.</summary>
    public int MaxRedirects { get; init; }

    /// <summary>Where a redirect may lead, and in how few words that is said; by default to any https address.</summary>
    public (Func<Uri, bool> Allows, string Description) Redirects { get; init; } = (uri => uri.Scheme == Uri.UriSchemeHttps, "an https address");

    /// <summary>Who is asked, for sentences to an operator.</summary>
    public string Speaker { get; init; } = "The source";
}
