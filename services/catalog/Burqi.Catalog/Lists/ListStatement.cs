using Burqi.Access;
using Dapper;

namespace Burqi.Catalog.Lists;

/// <summary>
/// Writes a list's statement from the parts the request needs, so that each list is planned for its own filters: one statement for all,
/// with "or @filter is null", could use no index. Text comes from constants only; values are parameters.
/// </summary>
internal static class ListStatement
{
    // The filters that leave few rows, however many assistants those are of.
    private static readonly string[] Narrow = ["assistant_id", "call_id", "recording_sid"];

    /// <summary>
    /// So many keys are sorted in a few ms. Where a length leaves more of a million rows, a walk along the list soon comes upon a page of them; where it
    /// leaves fewer, that walk might be through all. The planner cannot tell the two apart by its statistics: the few calls that are very long lie beyond them.
    /// </summary>
    private const int MostSorted = 20_000;

    /// <summary>One row more than the page's limit is asked for: it tells whether there is another page.</summary>
    public static (string Sql, DynamicParameters Parameters) Write(ListTable table, ListRequest request, Caller caller, object? cursorId)
    {
        var parameters = new DynamicParameters();
        parameters.Add("take", request.Limit + 1);
        var order = request.EarliestFirst ? "asc" : "desc";

        var all = new ListSource(table.Name, Condition: null, "listed_at", table.Id, "*");
        string sql;
        var few = "";
        if (request.Number is { } number)
        {
            // An index for each side of the call, read side by side in the list's order: with "or" it would have to be all rows, sorted.
            parameters.Add("number", number);
            sql = string.Join(" union all ", table.Numbered.Select(source => $"({Part(source, byAssistant: false)})"));
        }
        else if (caller.AssistantIds is not null && !request.Equal.Any(equal => Narrow.Contains(equal.Column)))
        {
            // Of several assistants a page each, out of the index, and of these the page: an "any" would leave the order, or the index, to chance.
            sql = $"select listed.* from unnest(@assistants) allowed (allowed_assistant) cross join lateral ({Part(all, byAssistant: true)}) listed";
        }
        else if (request is { Equal.Count: 0, MinDurationMs: not null } or { Equal.Count: 0, MaxDurationMs: not null })
        {
            var conditions = string.Join(" and ", Conditions(all, request, caller, cursorId, byAssistant: false, parameters));
            parameters.Add("most", MostSorted);
            few = $"with few as materialized (select listed_at, {table.Id} from {table.Name} where {conditions} limit @most + 1) ";
            sql = $"(select * from {table.Name} where {table.Id} in (select {table.Id} from few order by listed_at {order}, {table.Id} {order} limit @take) and (select count(*) from few) <= @most)"
                + $" union all (select * from ({Part(all, byAssistant: false)}) many where (select count(*) from few) > @most)";
        }
        else
        {
            return (Part(all with { Row = table.Columns }, byAssistant: false), parameters);
        }

        return ($"{few}select {table.Columns} from ({sql}) listed order by listed_at {order}, {table.Id} {order} limit @take", parameters);

        string Part(ListSource source, bool byAssistant)
        {
            var conditions = Conditions(source, request, caller, cursorId, byAssistant, parameters);
            var where = conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}";
            return $"select {source.Row} from {source.From}{where} order by {source.ListedAt} {order}, {source.Id} {order} limit @take";
        }
    }

    private static List<string> Conditions(
        ListSource source, ListRequest request, Caller caller, object? cursorId, bool byAssistant, DynamicParameters parameters)
    {
        var conditions = new List<string>();
        if (source.Condition is { } condition)
        {
            conditions.Add(condition);
        }

        if (caller.AssistantIds is { } assistants)
        {
            conditions.Add(byAssistant ? "assistant_id = allowed_assistant" : "assistant_id = any (@assistants)");
            parameters.Add("assistants", assistants);
        }

        foreach (var (column, value) in request.Equal)
        {
            conditions.Add($"{column} = @{column}");
            parameters.Add(column, value);
        }

        Compare(source.ListedAt, ">=", "after", request.StartedAfter);
        Compare(source.ListedAt, "<", "before", request.StartedBefore);
        Compare("duration_ms", ">=", "min_duration", request.MinDurationMs);
        Compare("duration_ms", "<=", "max_duration", request.MaxDurationMs);
        if (request.MinDurationMs > request.MaxDurationMs)
        {
            // The planner takes it for a narrow range, and the whole list would be walked for nothing.
            conditions.Add("false");
        }

        if (request.Cursor is { } cursor)
        {
            conditions.Add($"({source.ListedAt}, {source.Id}) {(request.EarliestFirst ? '>' : '<')} (@cursor_at, @cursor_id)");
            parameters.Add("cursor_at", cursor.ListedAt);
            parameters.Add("cursor_id", cursorId);
        }

        return conditions;

        void Compare<T>(string column, string comparison, string parameter, T? value)
            where T : struct
        {
            if (value is { } compared)
            {
                conditions.Add($"{column} {comparison} @{parameter}");
                parameters.Add(parameter, compared);
            }
        }
    }
}
