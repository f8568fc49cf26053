using Burqi.Access;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>Finds the link that a token stands for, as long as it is good: signed here, not revoked, not over, and made with a key that is good still.</summary>
internal sealed class SharedLinks(ShareSecret secret, ShareLinkTable links, Callers callers)
{
    public async Task<ShareLink?> FindAsync(string token, CancellationToken cancellationToken) =>
        ShareToken.Read(token, await secret.GetAsync(cancellationToken)) is { } id
        && await links.FindGoodAsync(id, cancellationToken) is { } link
        && (link.KeyId.StartsWith(Caller.OfTokens, StringComparison.Ordinal) || (await callers.KeysAsync(link.KeyId, cancellationToken)).Count > 0)
            ? link
            : null;
}
