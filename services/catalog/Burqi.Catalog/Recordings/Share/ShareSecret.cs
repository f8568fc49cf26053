using System.Security.Cryptography;
using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>What share links are signed with: drawn once and kept in the database, so that every replica has the same.</summary>
internal sealed class ShareSecret(CatalogDatabase database)
{
    private const int Size = 32;

    // The update changes nothing; it makes the row that another replica wrote first the one that is returned.
    private const string Sql =
        """
        insert into catalog.secrets as known (name, value) values ('share-links', @value)
        on conflict (name) do update set value = known.value
        returning value
        """;

    private const string Find = "select value from catalog.secrets where name = 'share-links'";

    private byte[]? known;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => known ??= await database.ReadAsync(
        async connection =>
            await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(Find, cancellationToken: cancellationToken))
            ?? (await connection.ExecuteScalarAsync<byte[]>(
                new CommandDefinition(Sql, new { value = RandomNumberGenerator.GetBytes(Size) }, cancellationToken: cancellationToken)))!,
        cancellationToken);
}
