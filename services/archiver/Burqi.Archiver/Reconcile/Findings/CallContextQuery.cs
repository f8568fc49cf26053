using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Findings;

/// <summary>What is known of calls whose recordings are missing: who took them, what that assistant wants, and whether anything else of them was archived.</summary>
internal sealed class CallContextQuery(ArchiverDatabase database)
{
    private const string Sql =
        """
        select asked.call_id as CallId,
               coalesce(heard.assistant_id, job.assistant_id) as AssistantId,
               heard.auto_save as AutoSave,
               coalesce(heard.create_database_records, job.create_database_records) as CreateDatabaseRecords,
               coalesce(job.is_archived, false) as HasOther
        from unnest(@calls) as asked (call_id)
        left join archiver.heard_calls heard on heard.call_id = asked.call_id and heard.provider = @provider
        left join lateral
        (
            select max(assistant_id) as assistant_id, bool_and(create_database_records) as create_database_records,
                   bool_or(status = 'completed') as is_archived
            from archiver.jobs
            where jobs.call_id = asked.call_id and jobs.provider = @provider
        ) job on true
        """;

    public async Task<IReadOnlyDictionary<string, CallContext>> ExecuteAsync(string provider, string[] calls, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<CallContext>(new CommandDefinition(Sql, new { provider, calls }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.CallId, StringComparer.Ordinal);
    }
}

/// <summary>What is known of a call.</summary>
internal sealed record CallContext
{
    public required string CallId { get; init; }

    public string? AssistantId { get; init; }

    /// <summary>False: its assistant wants nothing archived; null: nothing was said of it.</summary>
    public bool? AutoSave { get; init; }

    /// <summary>False: its assistant wants no row in the catalog; null: nothing was said of it.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>Something of the call lies in the store.</summary>
    public required bool HasOther { get; init; }
}
