using Burqi.Access;
using Dapper;

namespace Burqi.Catalog.Lists;

/// <summary>
/// Writes a list's statement from the parts the request needs, so that each list is planned for its own filters: one statement for all,
/// with "or @filter is null", could use no index. Text comes from constants only; values are parameters.
/// </summary>
internal static class ListStatement
{
    /// <summary>One row more than the page's limit is asked for: it tells whether there is another page.</summary>
    public static (string Sql, DynamicParameters Parameters) Write(string columns, string table, string idColumn, ListRequest request, Caller caller, object? cursorId)
    {
        var parameters = new DynamicParameters();
        var conditions = new List<string>();
        foreach (var (column, value) in request.Equal)
        {
            conditions.Add($"{column} = @{column}");
            parameters.Add(column, value);
        }

        if (request.StartedAfter is { } after)
        {
            conditions.Add("listed_at >= @after");
            parameters.Add("after", after);
        }

        if (request.StartedBefore is { } before)
        {
            conditions.Add("listed_at < @before");
            parameters.Add("before", before);
        }

        if (request.Cursor is { } cursor)
        {
            conditions.Add($"(listed_at, {idColumn}) < (@cursor_at, @cursor_id)");
            parameters.Add("cursor_at", cursor.ListedAt);
            parameters.Add("cursor_id", cursorId);
        }

        if (caller.AssistantIds is { } assistants)
        {
            parameters.Add("assistants", assistants);
            conditions.Add("assistant_id = allowed_assistant");
        }

        parameters.Add("take", request.Limit + 1);
        var where = conditions.Count == 0 ? "" : $"where {string.Join(" and ", conditions)}";
        var order = $"order by listed_at desc, {idColumn} desc limit @take";

        // Of several assistants a page each, out of the index, and of these the page: an "any" would leave the order, or the index, to chance.
        return caller.Assistants is null
            ? ($"select {columns} from {table} {where} {order}", parameters)
            : ($"select {columns} from unnest(@assistants) as allowed (allowed_assistant) cross join lateral (select * from {table} {where} {order}) listed {order}", parameters);
    }
}
