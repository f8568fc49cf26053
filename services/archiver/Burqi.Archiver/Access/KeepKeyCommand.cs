using Burqi.Archiver.Database;
using Burqi.Contracts.Access;
using Dapper;

namespace Burqi.Archiver.Access;

/// <summary>Keeps the highest version of a key, however often and in whatever order they come.</summary>
internal sealed class KeepKeyCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        insert into archiver.api_keys as known (
            id, version, name, key_sha256, previous_sha256, previous_until, scopes, assistants, requests_per_minute, expires_at, revoked_at)
        values (@KeyId, @Version, @Name, @Hash, cast(@PreviousHash as bytea), cast(@PreviousUntil as timestamptz), @Scopes, cast(@Assistants as text[]),
            cast(@RequestsPerMinute as integer), cast(@ExpiresAt as timestamptz), cast(@RevokedAt as timestamptz))
        on conflict (id) do update set
            version = excluded.version, name = excluded.name, key_sha256 = excluded.key_sha256, previous_sha256 = excluded.previous_sha256,
            previous_until = excluded.previous_until, scopes = excluded.scopes, assistants = excluded.assistants,
            requests_per_minute = excluded.requests_per_minute, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at
        where known.version < excluded.version
        """;

    public async Task ExecuteAsync(ApiKeySaved key, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            key.KeyId,
            key.Version,
            key.Name,
            Hash = Convert.FromHexString(key.KeySha256),
            PreviousHash = key.PreviousKeySha256 is { } previous ? Convert.FromHexString(previous) : null,
            PreviousUntil = key.PreviousKeyExpiresAt?.UtcDateTime,
            Scopes = key.Scopes.Split(' '),
            Assistants = key.Assistants?.Split(' '),
            key.RequestsPerMinute,
            ExpiresAt = key.ExpiresAt?.UtcDateTime,
            RevokedAt = key.RevokedAt?.UtcDateTime,
        };
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
    }
}
