using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Announce;

/// <summary>
/// What runs found and is still to be said. It is set aside for a while, so that replicas do not say the same at once; whoever dies over it
/// leaves it to the others.
/// </summary>
internal sealed class ReconcileNewsCommands(ArchiverDatabase database)
{
    private const string ClaimRecordings =
        """
        with pending as
        (
            select recording_id from archiver.reconciliation_findings
            where announced_at is null and (announcing_until is null or announcing_until < now())
            order by found_at limit @limit
            for update skip locked
        )
        update archiver.reconciliation_findings set announcing_until = now() + @lease
        where recording_id in (select recording_id from pending)
        returning recording_id as RecordingId, status as Status, message as Message
        """;

    private const string ClaimCalls =
        """
        with pending as
        (
            select provider, call_id from archiver.reconciliation_calls
            where announced_at is null and (announcing_until is null or announcing_until < now())
            order by found_at limit @limit
            for update skip locked
        )
        update archiver.reconciliation_calls set announcing_until = now() + @lease
        where (provider, call_id) in (select provider, call_id from pending)
        returning provider as Provider, call_id as CallId, started as Started, ended as Ended
        """;

    // What was said within an hour before the last that was said is said again: an in-memory bus takes what it had confirmed down with its process.
    private const string Repeat =
        """
        update archiver.reconciliation_findings set announcing_until = null where announced_at is null and announcing_until is not null;
        update archiver.reconciliation_calls set announcing_until = null where announced_at is null and announcing_until is not null;
        update archiver.reconciliation_findings set announced_at = null
        where announced_at > (select max(announced_at) - @within from archiver.reconciliation_findings);
        update archiver.reconciliation_calls set announced_at = null
        where announced_at > (select max(announced_at) - @within from archiver.reconciliation_calls where started is not null or ended is not null)
          and (started is not null or ended is not null)
        """;

    public Task<IReadOnlyList<FoundRecording>> ClaimRecordingsAsync(int limit, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync<FoundRecording>(ClaimRecordings, limit, lease, cancellationToken);

    public Task<IReadOnlyList<FoundCall>> ClaimCallsAsync(int limit, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync<FoundCall>(ClaimCalls, limit, lease, cancellationToken);

    /// <summary>Writes down whether the broker confirmed it, and lets go of it.</summary>
    public Task ConfirmAsync(FoundRecording recording, bool announced, CancellationToken cancellationToken) => ExecuteAsync(
        "update archiver.reconciliation_findings set announced_at = case when @announced then now() end, announcing_until = null where recording_id = @RecordingId",
        new { recording.RecordingId, announced },
        cancellationToken);

    /// <inheritdoc cref="ConfirmAsync(FoundRecording, bool, CancellationToken)"/>
    public Task ConfirmAsync(FoundCall call, bool announced, CancellationToken cancellationToken) => ExecuteAsync(
        "update archiver.reconciliation_calls set announced_at = case when @announced then now() end, announcing_until = null where provider = @Provider and call_id = @CallId",
        new { call.Provider, call.CallId, announced },
        cancellationToken);

    /// <summary>Has what was said lately said again.</summary>
    public Task RepeatAsync(TimeSpan within, CancellationToken cancellationToken) => ExecuteAsync(Repeat, new { within }, cancellationToken);

    private async Task<IReadOnlyList<T>> ClaimAsync<T>(string sql, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, new { limit, lease }, cancellationToken: cancellationToken))).AsList();
    }

    private async Task ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
    }
}
