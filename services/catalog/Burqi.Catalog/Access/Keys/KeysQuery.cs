using Burqi.Access;
using Burqi.Catalog.Database;
using Burqi.Catalog.Lists;
using Dapper;

namespace Burqi.Catalog.Access.Keys;

/// <summary>Keys, the latest made first, revoked ones too.</summary>
internal sealed class KeysQuery(CatalogDatabase database)
{
    public static readonly ListParameters Parameters = new(id => Guid.TryParseExact(id, "N", out _), filters: [], areOfCalls: false);

    // No assistant's: a limited caller, if there ever were one here, would see none.
    private static readonly ListTable Table = new("(select *, null::text as assistant_id, created_at as listed_at from catalog.api_keys) listed", ApiKey.Columns, "id");

    private const string One = $"select {ApiKey.Columns} from catalog.api_keys where id = @id";

    public Task<ApiKey?> OneAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<ApiKey>(new CommandDefinition(One, new { id }, cancellationToken: cancellationToken)),
        cancellationToken);

    public async Task<Page<ApiKey>> PageAsync(ListRequest request, Caller caller, CancellationToken cancellationToken)
    {
        object? after = request.Cursor is { } cursor ? Guid.ParseExact(cursor.Id, "N") : null;
        var (sql, parameters) = ListStatement.Write(Table, request, caller, after);
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<ApiKey>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        return Page<ApiKey>.Of([.. rows], request.Limit, last => new PageCursor(last.CreatedAt, last.Id));
    }
}
