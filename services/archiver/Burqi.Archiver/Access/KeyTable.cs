using Burqi.Access;
using Burqi.Archiver.Database;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Access;

/// <summary>The keys that catalog told of. When they are used only catalog notes.</summary>
internal sealed class KeyTable(ArchiverDatabase database) : IKeyTable
{
    private const string Sql =
        """
        select id as Id, name as Name, key_sha256 as Hash, previous_sha256 as PreviousHash, previous_until as PreviousUntil, scopes as Scopes,
            assistants as Assistants, requests_per_minute as RequestsPerMinute, expires_at as ExpiresAt
        from archiver.api_keys where revoked_at is null
        """;

    public async Task<IReadOnlyList<SavedKey>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!database.IsMigrated)
        {
            throw new KeysUnavailableException(inner: null);
        }

        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return (await connection.QueryAsync<SavedKey>(new CommandDefinition(Sql, cancellationToken: cancellationToken))).AsList();
        }
        catch (NpgsqlException exception)
        {
            throw new KeysUnavailableException(exception);
        }
    }

    public void Used(Guid id)
    {
    }
}
