using Burqi.Access;
using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Access.Keys;

/// <summary>Makes, exchanges and revokes keys. The row is the outbox of what archiver is told.</summary>
internal sealed class SaveKeyCommands(CatalogDatabase database)
{
    /// <summary>How many keys can be good at once: each request is compared with all of them.</summary>
    public const int MostKeys = 1000;

    private const string Insert =
        $"""
        insert into catalog.api_keys (id, name, key_sha256, scopes, assistants, requests_per_minute, expires_at, version)
        select @Id, @Name, @Hash, @Scopes, cast(@Assistants as text[]), cast(@RequestsPerMinute as integer), cast(@ExpiresAt as timestamptz), catalog.next_version(0)
        where (select count(*) from catalog.api_keys where revoked_at is null and (expires_at is null or expires_at > now())) < @MostKeys
        returning {ApiKey.Columns}
        """;

    private const string Exchange =
        $"""
        update catalog.api_keys
        set key_sha256 = @Hash, rotated_at = now(), version = catalog.next_version(version), due = due + 1,
            previous_sha256 = case when @Grace > 0 then key_sha256 end,
            previous_until = case when @Grace > 0 then now() + make_interval(secs => @Grace) end
        where id = @Id and revoked_at is null and (expires_at is null or expires_at > now())
        returning {ApiKey.Columns}
        """;

    private const string Revoke =
        """
        update catalog.api_keys
        set revoked_at = coalesce(revoked_at, now()), previous_sha256 = null, previous_until = null,
            version = case when revoked_at is null then catalog.next_version(version) else version end,
            due = case when revoked_at is null then due + 1 else due end
        where id = @id
        """;

    /// <summary>The key; null where there are as many as there can be.</summary>
    public Task<NewApiKey?> CreateAsync(ApiKeyContent content, CancellationToken cancellationToken) => ShowAsync(
        Insert,
        key => new
        {
            Id = Guid.CreateVersion7(),
            content.Name,
            Hash = ApiKeys.Hash(key),
            content.Scopes,
            content.Assistants,
            content.RequestsPerMinute,
            ExpiresAt = content.ExpiresAt?.UtcDateTime,
            MostKeys,
        },
        cancellationToken);

    /// <summary>The key's successor under the same id; null where there is no such key that opens anything.</summary>
    public Task<NewApiKey?> RotateAsync(Guid id, int graceSeconds, CancellationToken cancellationToken) => ShowAsync(
        Exchange, key => new { Id = id, Hash = ApiKeys.Hash(key), Grace = graceSeconds }, cancellationToken);

    /// <summary>Whether there is such a key.</summary>
    public Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => await connection.ExecuteAsync(new CommandDefinition(Revoke, new { id }, cancellationToken: cancellationToken)) == 1,
        cancellationToken);

    private async Task<NewApiKey?> ShowAsync(string sql, Func<string, object> parameters, CancellationToken cancellationToken)
    {
        var key = KeyText.New();
        var saved = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<NewApiKey>(new CommandDefinition(sql, parameters(key), cancellationToken: cancellationToken)),
            cancellationToken);
        return saved is null ? null : saved with { Key = key };
    }
}
