using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>What there is to know of rotations, and what is left to do.</summary>
internal sealed class RotationQueries(ArchiverDatabase database)
{
    private const int LongestList = 50;

    private const string ListSql =
        $"select {EncryptionRotation.Columns} from archiver.encryption_rotations rotation order by rotation.created_at desc limit @LongestList";

    private const string GetSql = $"select {EncryptionRotation.Columns} from archiver.encryption_rotations rotation where rotation.id = @Id";

    private const string BatchSql =
        """
        select job.id as Id, job.recording_id as RecordingId, job.object_key as ObjectKey, job.store as Store
        from archiver.jobs job
        where job.status = 'completed' and job.encryption_key_id is not null and job.encryption_key_id <> @KeyId and job.id > @After
          and not exists (select 1 from archiver.jobs deletion where deletion.recording_id = job.recording_id and deletion.step = 'delete-recording')
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

    /// <summary>Objects that are encrypted with another key than this one, in the order of their jobs.</summary>
    public async Task<IReadOnlyList<EncryptedJob>> BatchAsync(string keyId, Guid after, int size, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<EncryptedJob>(new CommandDefinition(BatchSql, new { KeyId = keyId, After = after, Size = size }, cancellationToken: cancellationToken))];
    }
}
