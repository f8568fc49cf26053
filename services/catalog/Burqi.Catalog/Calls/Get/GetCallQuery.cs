using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Dapper;

namespace Burqi.Catalog.Calls.Get;

internal sealed class GetCallQuery(CatalogDatabase database)
{
    private const string Sql =
        $"""
        select {Call.Columns} from catalog.calls where call_id = @callId;
        select {Recording.Columns} from catalog.recordings where call_id = @callId order by listed_at, id;
        """;

    public Task<CallDetails?> ExecuteAsync(string callId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql, new { callId }, cancellationToken: cancellationToken));
            return await results.ReadSingleOrDefaultAsync<CallDetails>() is { } call
                ? call with { Recordings = [.. await results.ReadAsync<Recording>()] }
                : null;
        },
        cancellationToken);
}
