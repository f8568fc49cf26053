using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>Where a recording lies, as the job says that archived it.</summary>
internal sealed class StoredRecordingQuery(ArchiverDatabase database)
{
    private const string Sql =
        """
        select store as Store, file_size as FileSize, sha256 as Sha256, outcome_announced_at is not null as IsTold, now() - finished_at as Since
        from archiver.jobs
        where recording_id = @RecordingId and object_key = @ObjectKey and step in ('archive', 'split') and status = 'completed' and sha256 is not null
        """;

    public async Task<StoredRecording?> ExecuteAsync(Guid recordingId, string objectKey, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<StoredRecording>(new CommandDefinition(
            Sql, new { RecordingId = recordingId, ObjectKey = objectKey }, cancellationToken: cancellationToken));
    }
}

/// <summary>What <see cref="StoredRecordingQuery"/> found.</summary>
internal sealed record StoredRecording
{
    public required string Store { get; init; }

    public required long FileSize { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Whether everybody was told that it lies there.</summary>
    public required bool IsTold { get; init; }

    /// <summary>For how long it has been there.</summary>
    public required TimeSpan Since { get; init; }
}
