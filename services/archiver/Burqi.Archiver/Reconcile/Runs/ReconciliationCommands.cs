using System.Text.Json;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>What whoever has a run on lease writes down about it. False, each time: the run is no longer theirs.</summary>
internal sealed class ReconciliationCommands(ArchiverDatabase database)
{
    private const string Mine = "where id = @Id and lease_id = @LeaseId and status = 'running'";

    /// <summary>A sign of life.</summary>
    public Task<bool> ExtendAsync(Reconciliation run, TimeSpan lease, CancellationToken cancellationToken) =>
        ExecuteAsync($"update archiver.reconciliations set lease_expires_at = now() + @lease {Mine}", run, new { lease }, cancellationToken);

    /// <summary>How far it has come.</summary>
    public Task<bool> ReportAsync(Reconciliation run, ReconciliationProgress progress, CancellationToken cancellationToken) =>
        ExecuteAsync($"update archiver.reconciliations set progress = @progress::jsonb {Mine}", run, new { progress = Write(progress) }, cancellationToken);

    /// <summary>Its end.</summary>
    public Task<bool> FinishAsync(Reconciliation run, string status, string? error, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        update archiver.reconciliations
        set status = @status, error = @error, finished_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null
        {Mine}
        """,
        run,
        new { status, error },
        cancellationToken);

    /// <summary>Gives it back for another to begin anew: the process stops.</summary>
    public Task<bool> HandBackAsync(Reconciliation run, CancellationToken cancellationToken) => ExecuteAsync(
        $"update archiver.reconciliations set attempts = attempts - 1, lease_id = null, lease_owner = null, lease_expires_at = null {Mine}",
        run,
        new { },
        cancellationToken);

    private static string Write(ReconciliationProgress progress) =>
        JsonSerializer.Serialize(progress, ReconcileJsonContext.Default.ReconciliationProgress);

    private async Task<bool> ExecuteAsync(string sql, Reconciliation run, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new DynamicParameters(values);
        parameters.Add(nameof(run.Id), run.Id);
        parameters.Add(nameof(run.LeaseId), run.LeaseId);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }
}
