using Burqi.Archiver.Database;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>What is written down of rotations.</summary>
internal sealed class RotationCommands(ArchiverDatabase database)
{
    private const string SupersedeSql =
        """
        update archiver.encryption_rotations set status = 'superseded', finished_at = now(), updated_at = now()
        where status = 'running' and key_id <> @KeyId
        """;

    private const string AddSql =
        """
        insert into archiver.encryption_rotations (id, key_id) values (@Id, @KeyId)
        on conflict (status) where status = 'running' do nothing
        """;

    private const string RunningSql = $"select {EncryptionRotation.Columns}, {EncryptionRotation.CountRemaining} as Remaining from archiver.encryption_rotations rotation where rotation.status = 'running'";

    private const string BeginSql =
        """
        update archiver.encryption_rotations set started_at = coalesce(started_at, now()), updated_at = now()
        where status = 'running' and key_id = @KeyId
        returning id as Id, position as Position, failed as Failed, error as Error
        """;

    private const string ReportSql =
        """
        with done as (
            update archiver.jobs set encryption_key_id = @KeyId, updated_at = now()
            where id = any(@Done) and encryption_key_id is distinct from @KeyId
            returning 1),
        plain as (
            update archiver.jobs set encryption_key_id = null, updated_at = now()
            where id = any(@Plain) and encryption_key_id is not null)
        update archiver.encryption_rotations
        set position = @Position, looked_at = looked_at + @LookedAt, rewrapped = rewrapped + (select count(*) from done), failed = @Failed, error = @Error,
            updated_at = now()
        where id = @Id and status = 'running'
        """;

    private const string RestartSql =
        """
        update archiver.encryption_rotations set position = '00000000-0000-0000-0000-000000000000', failed = 0, updated_at = now()
        where id = @Id and status = 'running'
        """;

    private const string EndSql =
        """
        update archiver.encryption_rotations set status = @Status, failed = @Failed, error = @Error, finished_at = now(), updated_at = now()
        where id = @Id and status = 'running'
        """;

    /// <summary>The rotation to this key: the one that is under way, or a new one in place of any other.</summary>
    public async Task<EncryptionRotation> AddAsync(string keyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        while (true)
        {
            await ExecuteAsync(connection, SupersedeSql, new { KeyId = keyId }, cancellationToken);
            await ExecuteAsync(connection, AddSql, new { Id = Guid.CreateVersion7(), KeyId = keyId }, cancellationToken);
            var running = await connection.QuerySingleOrDefaultAsync<EncryptionRotation>(new CommandDefinition(RunningSql, cancellationToken: cancellationToken));
            if (running?.KeyId == keyId)
            {
                return running;
            }

            // It has ended since, or somebody asked for another key in the same moment: the later one has it.
        }
    }

    /// <summary>Takes up the rotation to this key; null where none is wanted.</summary>
    public async Task<RotationPlace?> BeginAsync(NpgsqlConnection connection, string keyId, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<RotationPlace>(new CommandDefinition(BeginSql, new { KeyId = keyId }, cancellationToken: cancellationToken));

    /// <summary>Writes down what came of a batch: whose keys are wrapped by the new one, and what is not encrypted. False: the rotation is not wanted any more.</summary>
    public async Task<bool> ReportAsync(
        RotationPlace place, string keyId, IReadOnlyCollection<Guid> done, IReadOnlyCollection<Guid> plain, int lookedAt, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new { place.Id, KeyId = keyId, Done = done.ToArray(), Plain = plain.ToArray(), place.Position, LookedAt = lookedAt, place.Failed, place.Error };
        return await ExecuteAsync(connection, ReportSql, parameters, cancellationToken) == 1;
    }

    /// <summary>Has all objects looked at once more.</summary>
    public async Task RestartAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, RestartSql, new { Id = id }, cancellationToken);
    }

    public async Task EndAsync(Guid id, string status, long failed, string? error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, EndSql, new { Id = id, Status = status, Failed = failed, Error = error }, cancellationToken);
    }

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
}
