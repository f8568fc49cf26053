using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs.Http;

/// <summary>What is done about jobs that were given up.</summary>
internal sealed class DeadJobCommands(ArchiverDatabase database)
{
    // Everything that counts against it begins anew.
    private const string Retry =
        """
        update archiver.jobs
        set status = 'waiting', attempts = 0, taken_up_at = null, finished_at = null, outcome_announced_at = null, dismissed_at = null,
            next_attempt_at = now(), updated_at = now()
        """;

    // A transfer without a key was never sound: no attempt can change that. What is done about a recording that lies somewhere has none of its own.
    private const string IsSound = "(object_key is not null or step in ('delete-recording', 'set-tier'))";

    private const string RetryOneSql = $"{Retry} where id = @Id and status = 'dead' and {IsSound} returning {JobView.Columns}";

    private const string DismissSql =
        $"""
        update archiver.jobs set dismissed_at = coalesce(dismissed_at, now())
        where id = @Id and status = 'dead' returning {JobView.Columns}
        """;

    /// <summary>Has a dead job done again; null when it is not dead, or never can be done.</summary>
    public Task<JobView?> RetryAsync(Guid id, CancellationToken cancellationToken) => OneAsync(RetryOneSql, id, cancellationToken);

    /// <summary>Has all dead jobs that are meant done again, and answers how many they are.</summary>
    public async Task<int> RetryAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        var sql = $"{Retry} where {IsSound} and {filter.Where(parameters)}";
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Notes that nothing is to be done about a dead job: nobody is alerted of it any more. Null when it is not dead.</summary>
    public Task<JobView?> DismissAsync(Guid id, CancellationToken cancellationToken) => OneAsync(DismissSql, id, cancellationToken);

    private async Task<JobView?> OneAsync(string sql, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<JobView>(new CommandDefinition(sql, new { Id = id }, cancellationToken: cancellationToken));
    }
}
