using Burqi.Archiver.Database;
using Burqi.Archiver.Reconcile.Runs;
using Dapper;

namespace Burqi.Archiver.Reconcile.Findings;

/// <summary>Writes down what a run found, as long as the run is its own.</summary>
internal sealed class AddFindingsCommand(ArchiverDatabase database)
{
    private const string Mine = "select count(*) from archiver.reconciliations where id = @Id and lease_id = @LeaseId and status = 'running'";

    private const string Sql =
        """
        insert into archiver.reconciliation_findings
            (recording_id, reconciliation_id, provider, account_id, call_id, provider_recording_id, status, started_at, duration_ms, reason, message)
        values
            (@RecordingId, @Run, @Provider, @AccountId, @CallId, @ProviderRecordingId, @Status, @StartedAt, @DurationMs, @Reason, @Message::jsonb)
        on conflict (recording_id) do nothing
        """;

    /// <summary>False: the run is no longer this one's to write about.</summary>
    public async Task<bool> ExecuteAsync(Reconciliation run, IReadOnlyCollection<Finding> findings, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(Mine, new { run.Id, run.LeaseId }, transaction, cancellationToken: cancellationToken)) != 1)
        {
            return false;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            findings.Select(finding => new
            {
                finding.RecordingId,
                Run = run.Id,
                run.Provider,
                finding.Listed.AccountId,
                finding.Listed.CallId,
                finding.Listed.ProviderRecordingId,
                finding.Status,
                StartedAt = finding.Listed.StartedAt?.UtcDateTime,
                finding.Listed.DurationMs,
                finding.Reason,
                finding.Message,
            }),
            transaction,
            cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
