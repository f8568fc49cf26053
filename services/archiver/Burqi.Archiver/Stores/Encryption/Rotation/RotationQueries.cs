using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>What there is to know of rotations, and what is left to do.</summary>
internal sealed class RotationQueries(ArchiverDatabase database)
{
    private const int LongestList = 50;

    private const string ListSql =
        $"""
        select {EncryptionRotation.Columns}, case rotation.status when 'running' then {EncryptionRotation.CountRemaining} end as Remaining
        from archiver.encryption_rotations rotation order by rotation.created_at desc limit @LongestList
        """;

    private const string GetSql = $"select {EncryptionRotation.Columns}, {EncryptionRotation.CountRemaining} as Remaining from archiver.encryption_rotations rotation where rotation.id = @Id";

    private const string BatchSql =
        """
        select job.id as Id, job.recording_id as RecordingId, job.object_key as ObjectKey, job.store as Store, job.encryption_key_id as KeyId
        from archiver.jobs job
        where job.id > @After and job.status = 'completed' and job.step in ('archive', 'split') and job.store is not null
          and not exists (select 1 from archiver.jobs deletion where deletion.recording_id = job.recording_id and deletion.step = 'delete-recording' and deletion.status = 'completed')
        order by job.id
        limit @Size
        """;

    /// <summary>The latest rotations.</summary>
    public async Task<IReadOnlyList<EncryptionRotation>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<EncryptionRotation>(new CommandDefinition(ListSql, new { LongestList }, cancellationToken: cancellationToken))];
    }

    public async Task<EncryptionRotation?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<EncryptionRotation>(new CommandDefinition(GetSql, new { Id = id }, cancellationToken: cancellationToken));
    }

    /// <summary>All objects that there should be, in the order of their jobs: what is known of their keys is not relied upon.</summary>
    public async Task<IReadOnlyList<ObjectToLookAt>> BatchAsync(Guid after, int size, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<ObjectToLookAt>(new CommandDefinition(BatchSql, new { After = after, Size = size }, cancellationToken: cancellationToken))];
    }
}
