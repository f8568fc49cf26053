using System.Security.Cryptography;
using System.Text;

namespace Burqi.Access;

/// <summary>The configured keys, held as hashes only.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    /// <summary>Below this a key could be guessed over the network.</summary>
    public const int ShortestKey = 16;

    private readonly byte[][] hashes = [.. keys.Select(Hash)];

    /// <summary>The keys that the variable <c>BURQI_API_KEYS</c> holds, separated by commas.</summary>
    public static IReadOnlyList<string> Read(string? value) =>
        value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>What is wrong with keys, a sentence each. By position, never by value: this text goes to the console.</summary>
    public static IEnumerable<string> Objections(IReadOnlyList<string> keys) => keys
        .Select((key, index) => (Key: key, Position: index + 1))
        .Where(entry => entry.Key.Length < ShortestKey || !entry.Key.All(IsTokenCharacter))
        .Select(entry => $"BURQI_API_KEYS holds a key (number {entry.Position}) that is shorter than {ShortestKey} characters or has characters that cannot be sent in a header.");

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

    private static bool IsTokenCharacter(char character) => character is > ' ' and < '\x7f';
}
