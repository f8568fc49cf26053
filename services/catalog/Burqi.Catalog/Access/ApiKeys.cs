using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access;

/// <summary>The configured keys, held as hashes only.</summary>
internal sealed class ApiKeys(IOptions<CatalogOptions> options)
{
    private readonly byte[][] hashes = [.. options.Value.ApiKeys.Select(Hash)];

    /// <summary>
    /// Whether <paramref name="token"/> is one of the keys. Hashes are of one length and all of them are compared to the end, so the time
    /// taken tells neither how much of a key was right nor which one it was.
    /// </summary>
    public bool Contains(string token)
    {
        var hash = Hash(token);
        var found = false;
        foreach (var known in hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
