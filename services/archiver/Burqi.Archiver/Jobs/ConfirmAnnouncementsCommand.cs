using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Writes down what the broker confirmed and lets go of the job. An outcome counts only if it is still the job's outcome.
/// </summary>
internal sealed class ConfirmAnnouncementsCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set started_announced_at = case when @Started then now() else started_announced_at end,
            outcome_announced_at = case when @Outcome and finished_at = @FinishedAt then now() else outcome_announced_at end,
            announcing_until = null,
            updated_at = case when @Started or @Outcome then now() else updated_at end
        where id = @Id
        """;

    public async Task ExecuteAsync(ArchiveJob job, bool started, bool outcome, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new { job.Id, Started = started, Outcome = outcome, job.FinishedAt },
            cancellationToken: cancellationToken));
    }
}
