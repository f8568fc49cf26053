using Burqi.Access;
using Burqi.Catalog.Completeness;
using Burqi.Catalog.Database;
using Burqi.Catalog.Lists;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Dapper;

namespace Burqi.Catalog.Calls.List;

/// <summary>Calls, by start.</summary>
internal sealed class ListCallsQuery(CatalogDatabase database)
{
    /// <summary>Each filter has an index of its own (0001_calls_and_recordings.sql, 0005_completeness.sql, 0020_list_parameters_online.sql).</summary>
    public static readonly ListParameters Parameters = new(
        _ => true,
        [
            new("call_id", "The provider's id of the call."),
            new("provider", "Whose platform carried the call.", [Providers.Twilio, Providers.Acs, Providers.LiveKit]),
            new(
                "status",
                "How far the call has come, or how it ended.",
                [
                    CallStatuses.InProgress, CallStatuses.Completed, CallStatuses.Busy, CallStatuses.NoAnswer, CallStatuses.Canceled,
                    CallStatuses.Failed,
                ]),
            new("direction", "The provider's word for the call's direction."),
            new("assistant_id", "The assistant that took the call."),
            new("from_address", "The calling party's address; a + must be sent as %2B."),
            new("to_address", "The called party's address; a + must be sent as %2B."),
            new(
                "completeness",
                "Whether as much of the call is recorded as there was.",
                [CompletenessStates.Pending, CompletenessStates.Complete, CompletenessStates.Incomplete, CompletenessStates.Missing]),
        ]);

    private static readonly ListTable Table = new("catalog.calls", Call.Columns, "call_id")
    {
        Numbered =
        [
            new("catalog.calls", "from_address = @number", "listed_at", "call_id", "*"),
            new("catalog.calls", "to_address = @number and from_address is distinct from @number", "listed_at", "call_id", "*"),
        ],
    };

    public async Task<Page<Call>> ExecuteAsync(ListRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var (sql, parameters) = Statement(request, caller);
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<Call>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        return Page<Call>.Of([.. rows], request.Limit, last => new PageCursor(last.ListedAt, last.CallId, request.EarliestFirst));
    }

    public static (string Sql, DynamicParameters Parameters) Statement(ListRequest request, Caller caller) =>
        ListStatement.Write(Table, request, caller, request.Cursor?.Id);
}
