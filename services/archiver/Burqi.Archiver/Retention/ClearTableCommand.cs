using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Retention;

/// <summary>
/// Takes everything else that is still to be done with a recording off the table, for good: what is to be deleted is neither archived nor moved. A job of
/// it that is not there yet is written down as one that is done, so that an announcement that comes late finds it so.
/// </summary>
internal sealed class ClearTableCommand(ArchiverDatabase database)
{
    public const string Note = "The recording was deleted before this was done.";

    /// <summary>The source of a job that was never heard of before its recording was to be deleted.</summary>
    public const string NothingKnown = "none";

    private const string Clear =
        """
        with others as materialized
        (
            select id, status, step from archiver.jobs
            where recording_id = @RecordingId and step <> 'delete-recording' and status <> 'completed'
            order by id for update
        ),
        cleared as
        (
            update archiver.jobs
            set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
                last_failure = null, last_error = null, note = @Note,
                started_announced_at = coalesce(started_announced_at, now()), outcome_announced_at = now()
            where id in (select id from others)
        )
        select coalesce(bool_or(status = 'running' and step <> 'waveform'), false) from others -- which only reads
        """;

    private const string Remember =
        """
        insert into archiver.jobs (
            id, recording_id, step, status, provider, call_id, recording_type, recording_source, provider_recording_id, assistant_id,
            source_kind, source_details, finished_at, outcome_announced_at, note)
        select
            @Id, recording_id, 'archive', 'completed', provider, call_id, recording_type, recording_source, provider_recording_id, assistant_id,
            @NothingKnown, '{}', now(), now(), @Note
        from archiver.jobs
        where recording_id = @RecordingId and step = 'delete-recording'
            and not exists (select from archiver.jobs known where known.recording_id = @RecordingId and known.step in ('archive', 'split'))
        on conflict do nothing
        """;

    private const string Known =
        $"""
        select {ArchiveJob.Columns} from archiver.jobs where recording_id = @RecordingId and step in ('archive', 'split') order by step limit 1;
        select
            exists (
                select from archiver.jobs
                where recording_id = @RecordingId and step = 'delete-at-provider' and deleted_at_provider_at is not null) as IsDeletedAtProvider,
            exists (select from archiver.jobs where split_from = @RecordingId and status in ('waiting', 'running')) as HasOpenSplits;
        """;

    public async Task<ClearedTable> ExecuteAsync(Guid recordingId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var parameters = new { RecordingId = recordingId, Note, NothingKnown, Id = Guid.CreateVersion7() };
        var wasBusy = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Clear, parameters, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(Remember, parameters, transaction, cancellationToken: cancellationToken));
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Known, parameters, transaction, cancellationToken: cancellationToken));
        var archived = await results.ReadSingleAsync<ArchiveJob>();
        var (isDeletedAtProvider, hasOpenSplits) = await results.ReadSingleAsync<(bool, bool)>();
        await transaction.CommitAsync(cancellationToken);
        return new ClearedTable(archived, wasBusy, isDeletedAtProvider, hasOpenSplits);
    }
}

/// <summary>What is known of a recording that is to be deleted.</summary>
/// <param name="Archived">The job that archived it, or was to.</param>
/// <param name="WasBusy">A worker had one of its jobs, and may not have noticed yet that it lost it.</param>
/// <param name="IsDeletedAtProvider">The provider's own copy is gone already.</param>
/// <param name="HasOpenSplits">Channels are still to be split off what lies in the store.</param>
internal sealed record ClearedTable(ArchiveJob Archived, bool WasBusy, bool IsDeletedAtProvider, bool HasOpenSplits);
