namespace Burqi.Access;

/// <summary>Knows whom a bearer token stands for: the configured keys, the saved ones, then whatever else is registered.</summary>
internal sealed class Callers(IEnumerable<IKeySource> keys, IEnumerable<ICallerSource> others)
{
    // No key and no token is longer; what is longer need not be hashed.
    private const int LongestToken = 8 * 1024;

    /// <summary>Whom the token stands for; null where nobody knows.</summary>
    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > LongestToken)
        {
            return null;
        }

        foreach (var source in keys.Concat(others))
        {
            if (await source.FindAsync(token, cancellationToken) is { } caller)
            {
                return caller;
            }
        }

        return null;
    }

    /// <summary>The keys of an id that open something now.</summary>
    public async ValueTask<IReadOnlyList<(byte[] Hash, Caller Caller)>> KeysAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var source in keys)
        {
            if (await source.KeysAsync(id, cancellationToken) is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }
}
