using System.Data.Common;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Operations;

/// <summary>The jobs that are stuck: given up, or still waiting although they should have been done long ago.</summary>
internal static class BacklogQuery
{
    public const int MostJobs = 50;

    // What is to be deleted some day, or wants to be done when there is nothing else to do, is stuck only once it has failed.
    private const string Sql =
        $"""
        select coalesce(jsonb_agg(stuck order by created_at, id), '[]')::text
        from (
            select id, recording_id, call_id, step, status as state, attempts, last_error as error, created_at
            from archiver.jobs
            where (status = '{JobStatuses.Dead}' and dismissed_at is null)
                or (status = '{JobStatuses.Waiting}' and created_at < now() - @limit
                    and (step in ('{JobSteps.Archive}', '{JobSteps.Split}') or last_error is not null))
            order by created_at, id
            limit @most) as stuck
        """;

    /// <summary>A JSON array, the oldest first.</summary>
    public static async Task<string> StuckJobsAsync(DbConnection connection, TimeSpan limit, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<string>(new CommandDefinition(Sql, new { limit, most = MostJobs }, cancellationToken: cancellationToken)) ?? "[]";
}
