namespace Burqi.Catalog.Recordings.Share;

/// <summary>Finds the link that a token stands for, as long as it is good: signed here, not revoked, not over.</summary>
internal sealed class SharedLinks(ShareSecret secret, ShareLinkTable links)
{
    public async Task<ShareLink?> FindAsync(string token, CancellationToken cancellationToken) =>
        ShareToken.Read(token, await secret.GetAsync(cancellationToken)) is { } id ? await links.FindGoodAsync(id, cancellationToken) : null;
}
