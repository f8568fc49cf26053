using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Access;

/// <summary>The configured keys, held as hashes only. They open everything: with one of them the others are made.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys) : IKeySource
{
    /// <summary>Below this a key could be guessed over the network.</summary>
    public const int ShortestKey = 16;

    private readonly (byte[] Hash, Caller Caller)[] known = [.. keys.Select((key, index) => (Hash(key), Named(index + 1)))];

    /// <summary>The keys that the variable <c>BURQI_API_KEYS</c> holds, separated by commas.</summary>
    public static IReadOnlyList<string> Read(string? value) =>
        value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>What is wrong with keys, a sentence each. By position, never by value: this text goes to the console.</summary>
    public static IEnumerable<string> Objections(IReadOnlyList<string> keys) => keys
        .Select((key, index) => (Key: key, Position: index + 1))
        .Where(entry => entry.Key.Length < ShortestKey || !entry.Key.All(IsTokenCharacter))
        .Select(entry => $"BURQI_API_KEYS holds a key (number {entry.Position}) that is shorter than {ShortestKey} characters or has characters that cannot be sent in a header.");

    /// <summary>What is kept of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// Whose key <paramref name="token"/> is. Hashes are of one length and all of them are compared to the end, so the time taken tells
    /// neither how much of a key was right nor which one it was.
    /// </summary>
    public ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        Caller? found = null;
        foreach (var (knownHash, caller) in known)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, knownHash) ? caller : found;
        }

        return ValueTask.FromResult(found);
    }

    public ValueTask<IReadOnlyList<(byte[] Hash, Caller Caller)>> KeysAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<(byte[] Hash, Caller Caller)>>([.. known.Where(key => key.Caller.Id == id)]);

    private static Caller Named(int position)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"configured-{position}");
        return new() { Id = name, Name = name, Scopes = FrozenSet.Create(Scopes.Admin) };
    }

    private static bool IsTokenCharacter(char character) => character is > ' ' and < '\x7f';
}
