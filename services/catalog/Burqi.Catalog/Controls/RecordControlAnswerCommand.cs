using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Controls;

/// <summary>Writes an answer down, and that it came; the first of its sender's stays.</summary>
internal sealed class RecordControlAnswerCommand(CatalogDatabase database)
{
    private const string Sql =
        """
        insert into catalog.recording_control_answers (control_id, scope, answerer, call_id, applied, reason, answered_at)
        values (@ControlId, @Scope, @Answerer, @CallId, @Applied, @Reason, @AnsweredAt)
        on conflict do nothing
        """;

    // Up to where the call was to be recorded is known only now: whether it is complete is judged again.
    private const string LookAgain =
        "update catalog.calls set completeness_due_at = clock_timestamp() where call_id = @CallId and status <> 'in-progress'";

    public Task ExecuteAsync(RecordingControlAnswered answer, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var parameters = new { answer.ControlId, answer.Scope, answer.Answerer, answer.CallId, answer.Applied, answer.Reason, AnsweredAt = answer.AnsweredAt.UtcDateTime };
            var isNew = await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)) > 0;
            if (isNew)
            {
                await RecordingEventLog.AppendAsync(
                    connection, RecordingEventNames.ControlAnswered, answer.CallId, recordingId: null, answer.Answerer, Details(answer), cancellationToken);
                if (answer is { Applied: true, Action: RecordingControls.Stop })
                {
                    await connection.ExecuteAsync(new CommandDefinition(LookAgain, new { answer.CallId }, cancellationToken: cancellationToken));
                }
            }

            await transaction.CommitAsync(cancellationToken);
            return isNew;
        },
        cancellationToken);

    private static JsonObject Details(RecordingControlAnswered answer)
    {
        var details = new JsonObject
        {
            ["control_id"] = answer.ControlId.ToString(),
            ["action"] = answer.Action,
            ["scope"] = answer.Scope,
            ["applied"] = answer.Applied,
        };
        if (answer.Reason is { } reason)
        {
            details["reason"] = reason;
        }

        return details;
    }
}
