using System.Collections.Concurrent;
using Burqi.Access;
using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Access.Keys;

/// <summary>The keys as the door reads them, and when each was last used.</summary>
internal sealed class KeyTable(CatalogDatabase database, TimeProvider time) : IKeyTable
{
    private const string Sql =
        """
        select id as Id, name as Name, key_sha256 as Hash, previous_sha256 as PreviousHash, previous_until as PreviousUntil, scopes as Scopes,
            assistants as Assistants, requests_per_minute as RequestsPerMinute, expires_at as ExpiresAt
        from catalog.api_keys where revoked_at is null
        """;

    private const string NoteUse =
        """
        update catalog.api_keys set last_used_at = used.at
        from unnest(cast(@Ids as uuid[]), cast(@Times as timestamptz[])) as used (id, at)
        where api_keys.id = used.id and (last_used_at is null or last_used_at < used.at)
        """;

    private readonly ConcurrentDictionary<Guid, DateTime> used = new();

    public Task<IReadOnlyList<SavedKey>> ReadAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (IReadOnlyList<SavedKey>)(await connection.QueryAsync<SavedKey>(new CommandDefinition(Sql, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);

    public void Used(Guid id) => used[id] = time.GetUtcNow().UtcDateTime;

    /// <summary>Writes down which were used since it was last asked to.</summary>
    public async Task WriteUseAsync(CancellationToken cancellationToken)
    {
        var seen = used.ToArray();
        if (seen.Length == 0)
        {
            return;
        }

        // By id: two replicas that write at once do not lock each other out.
        Array.Sort(seen, (one, other) => one.Key.CompareTo(other.Key));
        var parameters = new { Ids = seen.Select(key => key.Key).ToArray(), Times = seen.Select(key => key.Value).ToArray() };
        await database.ReadAsync(connection => connection.ExecuteAsync(new CommandDefinition(NoteUse, parameters, cancellationToken: cancellationToken)), cancellationToken);
        foreach (var key in seen)
        {
            // Unless it was used once more meanwhile.
            used.TryRemove(key);
        }
    }
}
