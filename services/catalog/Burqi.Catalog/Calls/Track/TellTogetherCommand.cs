using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Track;
using Burqi.Catalog.Recordings.Upgrade;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Calls.Track;

/// <summary>
/// Writes what messages tell, as many as wait while others are written, in one transaction: the fewer come, the fewer go together, and one that
/// comes alone waits for nobody. Each message still has an outcome of its own, for its consumer: of messages that cannot be written together each
/// is written by itself. What <see cref="TellOfCallCommand"/> says of one call holds for all of them.
/// </summary>
internal sealed class TellTogetherCommand(CatalogDatabase database, UpgradeMixCommand upgradeMix)
{
    private const int MostTogether = 200;

    // While the database writes for one, another makes its next statement. More would wait for each other's locks in the indexes.
    private const int MostWriters = 3;

    // All who lock several calls do so in this order.
    private const string Locks =
        """
        select pg_advisory_xact_lock(key)
        from (select distinct hashtextextended('burqi.catalog.call.' || call_id, 0) as key from unnest(@calls) call_id order by key) keys
        """;

    private readonly Lock gate = new();
    private readonly List<ToldMessage> waiting = [];
    private readonly HashSet<string> callsBeingWritten = new(StringComparer.Ordinal);
    private int writers;

    /// <summary>Returns when it is written: the status that the row has then; null where its id is taken by another.</summary>
    public Task<string?> ExecuteAsync(ToldMessage message)
    {
        lock (gate)
        {
            waiting.Add(message);
            if (writers < MostWriters)
            {
                writers++;

                // Not in the trace of the message that happens to begin it.
                using (ExecutionContext.SuppressFlow())
                {
                    _ = Task.Run(WriteAllAsync);
                }
            }
        }

        return message.Reached.Task.WaitAsync(message.Cancellation);
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { Count: > 0 } messages)
        {
            await WriteAsync(messages);
            lock (gate)
            {
                callsBeingWritten.ExceptWith(messages.Select(message => message.CallId));
            }
        }
    }

    /// <summary>Leaves the messages of calls that another is writing, who takes them when it is through. Who finds none is counted as gone.</summary>
    private List<ToldMessage> Take()
    {
        lock (gate)
        {
            var taken = new List<ToldMessage>(Math.Min(waiting.Count, MostTogether));
            var left = waiting.Where(message =>
            {
                var isTaken = taken.Count < MostTogether && !callsBeingWritten.Contains(message.CallId);
                if (isTaken)
                {
                    taken.Add(message);
                }

                return !isTaken;
            }).ToList();
            waiting.Clear();
            waiting.AddRange(left);
            callsBeingWritten.UnionWith(taken.Select(message => message.CallId));
            writers -= taken.Count == 0 ? 1 : 0;
            return taken;
        }
    }

    private async Task WriteAsync(List<ToldMessage> messages)
    {
        // All of them are the consumers' of one bus: when one of these ends, so do the others.
        var cancellation = messages[0].Cancellation;
        try
        {
            var (calls, recordings) = await database.WriteAsync(connection => TellAsync(connection, messages, cancellation), cancellation);
            foreach (var message in messages)
            {
                message.Reached.TrySetResult(message.Recording is { } recording ? recordings.GetValueOrDefault(recording.Id) : calls.GetValueOrDefault(message.CallId));
            }
        }
        catch (Exception) when (messages.Count > 1)
        {
            foreach (var message in messages)
            {
                await WriteAsync([message]);
            }
        }
        catch (Exception exception)
        {
            messages[0].Reached.TrySetException(exception);
        }
    }

    private async Task<(Dictionary<string, string> Calls, Dictionary<Guid, string> Recordings)> TellAsync(
        NpgsqlConnection connection, List<ToldMessage> messages, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = messages.Select(message => message.CallId).Distinct(StringComparer.Ordinal).ToArray();
        await connection.ExecuteAsync(new CommandDefinition(Locks, new { calls = ids }, cancellationToken: cancellationToken));
        var calls = await UpsertCallCommand.TellAsync(connection, [.. messages.Where(message => message.Recording is null)], cancellationToken);
        var recordings = await UpsertRecordingCommand.TellAsync(connection, [.. messages.Where(message => message.Recording is not null)], cancellationToken);
        await upgradeMix.ExecuteAsync(connection, ids, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (calls, recordings);
    }
}
