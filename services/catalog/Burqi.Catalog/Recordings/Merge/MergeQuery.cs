using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>The recordings of a call that make up one file: its chunks or, where it has none, its mixed recordings.</summary>
internal sealed class MergeQuery(CatalogDatabase database)
{
    // A call has a handful. More than this would be a file of many days.
    private const int Most = 2000;

    private const string Sql =
        $"""
        select {Recording.Columns} from catalog.recordings
        where call_id = @callId and recording_type in ('chunk', 'mixed') and {VisibleRows.Condition}
        order by listed_at, id limit @Most + 1
        """;

    /// <summary>Those that have or will have audio, in no certain order. Empty where there is none.</summary>
    /// <exception cref="MergeRefusedException">There are too many.</exception>
    public async Task<IReadOnlyList<Recording>> ExecuteAsync(string callId, Caller caller, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            async connection => (await connection.QueryAsync<Recording>(new CommandDefinition(
                Sql, new { callId, caller.AssistantIds, Most }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);
        if (rows.Count > Most)
        {
            // One file of the first of them would pass for the whole call.
            throw new MergeRefusedException($"The call has more than {Most} chunks and mixed recordings, which are too many for one file.");
        }

        var audible = rows.Where(row => row.Status is not (RecordingStatuses.Deleted or RecordingStatuses.Absent)).ToLookup(row => row.RecordingType);
        return [.. audible[audible.Contains(RecordingTypes.Chunk) ? RecordingTypes.Chunk : RecordingTypes.Mixed]];
    }
}
