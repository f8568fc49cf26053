using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>Asks for a run.</summary>
internal sealed class AddReconciliationCommand(ArchiverDatabase database)
{
    /// <summary>How many runs may wait: each is taken up after the one before it.</summary>
    public const int MostWaiting = 20;

    private const string Sql =
        $"""
        insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to)
        select @Id, @Provider, 'request', @From, @To
        where (select count(*) from archiver.reconciliations where status = 'running') < @MostWaiting
        returning {Reconciliation.Columns}
        """;

    /// <summary>The run; null where too many wait already.</summary>
    public async Task<Reconciliation?> ExecuteAsync(string provider, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Reconciliation>(new CommandDefinition(
            Sql,
            new { Id = Guid.CreateVersion7(), Provider = provider, From = from.UtcDateTime, To = to.UtcDateTime, MostWaiting },
            cancellationToken: cancellationToken));
    }
}
