using System.Text.Json;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Calls;

/// <summary>Writes down what a provider says of a call, to be announced. One that it knows nothing of needs no announcement.</summary>
internal sealed class AddCallCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        insert into archiver.reconciliation_calls (provider, call_id, started, ended, announced_at)
        values (@provider, @callId, @started::jsonb, @ended::jsonb, case when @isUnknown then now() end)
        on conflict (provider, call_id) do nothing
        """;

    public async Task ExecuteAsync(string provider, string callId, ListedCall call, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new
            {
                provider,
                callId,
                started = call.Started is { } start ? JsonSerializer.Serialize(start, ReconcileJsonContext.Default.CallStarted) : null,
                ended = call.Ended is { } end ? JsonSerializer.Serialize(end, ReconcileJsonContext.Default.CallEnded) : null,
                isUnknown = call is { Started: null, Ended: null },
            },
            cancellationToken: cancellationToken));
    }
}
