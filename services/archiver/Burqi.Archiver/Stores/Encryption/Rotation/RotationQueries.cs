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

    private const string HasObject =
        """
        job.status = 'completed' and job.step in ('archive', 'split') and job.store is not null
        and not exists (select 1 from archiver.jobs deletion where deletion.recording_id = job.recording_id and deletion.step = 'delete-recording' and deletion.status = 'completed')
        """;

    private const string BatchSql =
        $"""
        select job.id as Id, job.recording_id as RecordingId, job.object_key as ObjectKey, job.store as Store, job.encryption_key_id as KeyId
        from archiver.jobs job
        where job.id > @After and {HasObject}
        order by job.id
        limit @Size
        """;

    private const string UploadsSql = "select lease_id from archiver.jobs where status = 'running' and step in ('archive', 'split', 'move') and lease_id is not null";

    private const string HeldSql =
        """
        select (select count(*) from archiver.jobs where status = 'running' and lease_id = any(@Leases) and lease_expires_at > now())
        from archiver.encryption_rotations where id = @Id and status = 'running'
        """;

    private const string OthersSql = $"select count(*) from archiver.jobs job where {HasObject} and job.encryption_key_id <> @KeyId";

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

    /// <summary>The leases of all jobs that may be writing an object now, on any replica.</summary>
    public async Task<IReadOnlyList<Guid>> UploadsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(UploadsSql, cancellationToken: cancellationToken))];
    }

    /// <summary>How many of these leases are held still; null when the rotation is not wanted any more.</summary>
    public async Task<long?> CountHeldAsync(Guid rotationId, IReadOnlyCollection<Guid> leases, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long?>(new CommandDefinition(HeldSql, new { Id = rotationId, Leases = leases.ToArray() }, cancellationToken: cancellationToken));
    }

    /// <summary>How many objects are known to be encrypted with a key other than this one.</summary>
    public async Task<long> CountOthersAsync(string keyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(OthersSql, new { KeyId = keyId }, cancellationToken: cancellationToken));
    }
}
