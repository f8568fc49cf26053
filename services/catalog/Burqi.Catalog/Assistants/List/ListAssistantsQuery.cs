using Burqi.Access;
using Burqi.Assistants;
using Burqi.Catalog.Database;
using Burqi.Catalog.Lists;
using Dapper;

namespace Burqi.Catalog.Assistants.List;

/// <summary>Assistants, the latest created first.</summary>
internal sealed class ListAssistantsQuery(CatalogDatabase database)
{
    public static readonly ListParameters Parameters = new(AssistantId.IsValid, filters: [], areOfCalls: false);

    // The lists' order is by listed_at: of an assistant, when it was created (index assistants_listed).
    private static readonly ListTable Table = new(
        "(select *, id as assistant_id, created_at as listed_at from catalog.assistants where deleted_at is null) listed",
        Assistant.Columns,
        "id");

    public async Task<Page<Assistant>> ExecuteAsync(ListRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var (sql, parameters) = Statement(request, caller);
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<Assistant>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        return Page<Assistant>.Of([.. rows], request.Limit, last => new PageCursor(last.CreatedAt, last.Id));
    }

    public static (string Sql, DynamicParameters Parameters) Statement(ListRequest request, Caller caller) =>
        ListStatement.Write(Table, request, caller, request.Cursor?.Id);
}
