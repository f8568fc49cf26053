using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>Runs and what they found, to be shown.</summary>
internal sealed class ReconciliationQueries(ArchiverDatabase database)
{
    /// <summary>How many runs are shown, the latest first.</summary>
    public const int MostRuns = 50;

    /// <summary>How many findings of a run are shown, the first first.</summary>
    public const int MostFindings = 1000;

    private const string ListSql = $"select {Reconciliation.Columns} from archiver.reconciliations order by created_at desc, id desc limit @MostRuns";

    private const string GetSql =
        $"""
        select {Reconciliation.Columns} from archiver.reconciliations where id = @id;
        select status as Status, count(*) as Count from archiver.reconciliation_findings where reconciliation_id = @id group by status;
        select {FindingRow.Columns} from archiver.reconciliation_findings where reconciliation_id = @id order by found_at, recording_id limit @MostFindings
        """;

    public async Task<IReadOnlyList<Reconciliation>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<Reconciliation>(new CommandDefinition(ListSql, new { MostRuns }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>A run with how many it found of each status and the first of them; null where there is no such run.</summary>
    public async Task<ReconciliationFound?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(GetSql, new { id, MostFindings }, cancellationToken: cancellationToken));
        var run = await results.ReadSingleOrDefaultAsync<Reconciliation>();
        var counts = (await results.ReadAsync<(string Status, long Count)>()).ToDictionary(row => row.Status, row => row.Count, StringComparer.Ordinal);
        var findings = (await results.ReadAsync<FindingRow>()).AsList();
        return run is null ? null : new ReconciliationFound(run, counts, findings);
    }
}

/// <summary>A run and what it found.</summary>
internal sealed record ReconciliationFound(Reconciliation Run, IReadOnlyDictionary<string, long> Counts, IReadOnlyList<FindingRow> Findings);

/// <summary>A row of <c>archiver.reconciliation_findings</c>, as it is shown.</summary>
internal sealed record FindingRow
{
    public const string Columns =
        """
        recording_id as RecordingId, account_id as AccountId, call_id as CallId, provider_recording_id as ProviderRecordingId, status as Status,
        started_at as StartedAt, duration_ms as DurationMs, reason as Reason, found_at as FoundAt, announced_at as AnnouncedAt
        """;

    public required Guid RecordingId { get; init; }

    public required string AccountId { get; init; }

    public required string CallId { get; init; }

    public required string ProviderRecordingId { get; init; }

    public required string Status { get; init; }

    public DateTime? StartedAt { get; init; }

    public long? DurationMs { get; init; }

    public required string Reason { get; init; }

    public required DateTime FoundAt { get; init; }

    public DateTime? AnnouncedAt { get; init; }
}
