using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Burqi.Access;

/// <summary>
/// The keys of the table, held as hashes. Never longer than <see cref="OldestView"/>: what is revoked on one replica is so on all of them within that
/// time, and where the table cannot be read nothing is opened. A key that is not among them is looked for once more, since it may be new.
/// </summary>
internal sealed class SavedKeys(IKeyTable table, TimeProvider time) : IKeySource, IDisposable
{
    private static readonly TimeSpan OldestView = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim turn = new(1);
    private View? view;

    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        // Anything else is not worth a question to the database.
        if (!KeyText.IsKey(token))
        {
            return null;
        }

        var asked = time.GetTimestamp();
        var hash = ApiKeys.Hash(token);
        var found = Find(await ViewAsync(asked, OldestView, cancellationToken), hash) ?? Find(await ViewAsync(asked, TimeSpan.Zero, cancellationToken), hash);
        if (found is not null)
        {
            table.Used(found.KeyId);
        }

        return found?.Caller;
    }

    public async ValueTask<IReadOnlyList<(byte[] Hash, Caller Caller)>> KeysAsync(string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "N", out _))
        {
            return [];
        }

        var asked = time.GetTimestamp();
        var keys = Find(await ViewAsync(asked, OldestView, cancellationToken), id);
        if (keys.Length == 0)
        {
            keys = Find(await ViewAsync(asked, TimeSpan.Zero, cancellationToken), id);
        }

        if (keys.Length > 0)
        {
            table.Used(keys[0].KeyId);
        }

        return [.. keys.Select(key => (key.Hash, key.Caller))];
    }

    public void Dispose() => turn.Dispose();

    // All of them are compared to the end: the time taken tells nothing.
    private Known? Find(View among, byte[] hash)
    {
        Known? found = null;
        foreach (var key in among.Keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, key.Hash) ? key : found;
        }

        return found is not null && IsGood(found) ? found : null;
    }

    private Known[] Find(View among, string id) => [.. among.Keys.Where(key => key.Caller.Id == id && IsGood(key))];

    private bool IsGood(Known key) => key.Caller.ExpiresAt is not { } end || time.GetUtcNow() < end;

    /// <summary>What was read since, or at most <paramref name="oldest"/> before, the request asked: of many that come at once two read.</summary>
    private async ValueTask<View> ViewAsync(long asked, TimeSpan oldest, CancellationToken cancellationToken)
    {
        if (Fresh(view) is { } current)
        {
            return current;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            // Whoever had the turn before may have read it.
            if (Fresh(view) is { } read)
            {
                return read;
            }

            var readAt = time.GetTimestamp();
            return view = new([.. (await table.ReadAsync(cancellationToken)).SelectMany(Known.Of)], readAt);
        }
        finally
        {
            turn.Release();
        }

        View? Fresh(View? known) => known is not null && time.GetElapsedTime(known.ReadAt, asked) <= oldest ? known : null;
    }

    private sealed record View(Known[] Keys, long ReadAt);

    private sealed record Known(Guid KeyId, byte[] Hash, Caller Caller)
    {
        public static IEnumerable<Known> Of(SavedKey key)
        {
            var caller = new Caller
            {
                Id = key.Id.ToString("N"),
                Name = key.Name,
                Scopes = key.Scopes.ToFrozenSet(StringComparer.Ordinal),
                Assistants = key.Assistants?.ToFrozenSet(StringComparer.Ordinal),
                RequestsPerMinute = key.RequestsPerMinute,
                ExpiresAt = Time(key.ExpiresAt),
            };
            yield return new(key.Id, key.Hash, caller);
            if (key is { PreviousHash: { } previous, PreviousUntil: { } until })
            {
                yield return new(key.Id, previous, caller with { ExpiresAt = Time(key.ExpiresAt < until ? key.ExpiresAt : until) });
            }
        }

        private static DateTimeOffset? Time(DateTime? utc) => utc is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;
    }
}
