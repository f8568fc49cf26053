using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs.Http;

/// <summary>Jobs for people to look at.</summary>
internal sealed class JobQueries(ArchiverDatabase database)
{
    private const string OneSql = $"select {JobView.Columns} from archiver.jobs where id = @Id";

    /// <summary>A page, the latest first: ids are made in the order of time.</summary>
    public async Task<JobPage> ListAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        var sql = $"select {JobView.Columns} from archiver.jobs where {filter.Where(parameters)} order by id desc limit @more";
        parameters.Add("more", filter.Limit + 1);
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<JobView>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        return rows.Count > filter.Limit
            ? new JobPage { Items = rows.GetRange(0, filter.Limit), NextCursor = rows[filter.Limit - 1].Id.ToString("N") }
            : new JobPage { Items = rows, NextCursor = null };
    }

    /// <summary>One job; null when there is none of that id.</summary>
    public async Task<JobView?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<JobView>(new CommandDefinition(OneSql, new { Id = id }, cancellationToken: cancellationToken));
    }
}
