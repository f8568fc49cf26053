using System.Security.Cryptography;
using Dapper;

namespace Burqi.Catalog.Database;

/// <summary>What something is signed with: drawn once and kept in the database, so that every replica has the same.</summary>
internal abstract class KeptSecret(CatalogDatabase database, string name)
{
    private const int Size = 32;

    // The update changes nothing; it makes the row that another replica wrote first the one that is returned.
    private const string Sql =
        """
        insert into catalog.secrets as known (name, value) values (@name, @value)
        on conflict (name) do update set value = known.value
        returning value
        """;

    private const string Find = "select value from catalog.secrets where name = @name";

    private byte[]? known;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => known ??= await database.ReadAsync(
        async connection =>
            await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(Find, new { name }, cancellationToken: cancellationToken))
            ?? (await connection.ExecuteScalarAsync<byte[]>(
                new CommandDefinition(Sql, new { name, value = RandomNumberGenerator.GetBytes(Size) }, cancellationToken: cancellationToken)))!,
        cancellationToken);
}
