using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Reconcile.Findings;

/// <summary>What is known of recordings: whether they ever reached us, and which run found those that had not.</summary>
internal sealed class KnownRecordingsQuery(ArchiverDatabase database)
{
    private const string Sql =
        """
        select asked.id as RecordingId,
               exists (select 1 from archiver.jobs where recording_id = asked.id and step = @Step)
                   or exists (select 1 from archiver.heard_recordings where recording_id = asked.id) as IsKnown,
               found.reconciliation_id as FoundBy
        from unnest(@ids) as asked (id)
        left join archiver.reconciliation_findings found on found.recording_id = asked.id
        """;

    public async Task<IReadOnlyDictionary<Guid, KnownRecording>> ExecuteAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<KnownRecording>(new CommandDefinition(Sql, new { ids, Step = JobSteps.Archive }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.RecordingId);
    }
}

/// <summary>What is known of a recording.</summary>
internal sealed record KnownRecording
{
    public required Guid RecordingId { get; init; }

    /// <summary>It reached us, by itself or because it was found.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>The run that found it missing; null where none did.</summary>
    public Guid? FoundBy { get; init; }
}
