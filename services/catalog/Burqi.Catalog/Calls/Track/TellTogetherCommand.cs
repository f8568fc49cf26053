using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Track;
using Burqi.Catalog.Recordings.Upgrade;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Calls.Track;

/// <summary>
/// Writes what messages tell, as many as wait while others are written, in one transaction: the fewer come, the fewer go together, and one that
/// comes alone waits for nobody. Each message still has an outcome of its own, for its consumer: of messages that cannot be written together each
/// is written by itself. A call that others hold up is set aside with its messages, and keeps nobody else's from being written. What
/// <see cref="TellOfCallCommand"/> says of one call holds for all of them.
/// </summary>
internal sealed partial class TellTogetherCommand(
    CatalogDatabase database, UpgradeMixCommand upgradeMix, CatalogMetrics metrics, ILogger<TellTogetherCommand> logger)
{
    private const int MostTogether = 200;

    // While the database writes for one, another makes its next statement. More would wait for each other's locks in the indexes.
    private const int MostWriters = 3;

    // All who lock several calls do so in this order.
    private const string Locks =
        """
        select set_config('lock_timeout', cast(@wait as text), true);
        select pg_advisory_xact_lock(key)
        from (select distinct hashtextextended('burqi.catalog.call.' || call_id, 0) as key from unnest(@calls) call_id order by key) keys
        """;

    // How long one lock is waited for. Each message by itself waits less: those after it in what could not be written together wait for it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWaitOfOne = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly List<ToldMessage> waiting = [];
    private readonly List<ToldMessage> aside = [];

    // Those that are set aside are among them.
    private readonly HashSet<string> callsBeingWritten = new(StringComparer.Ordinal);
    private int writers;
    private bool isAsideBeingWritten;

    /// <summary>Returns when it is written: the status that the row has then; null where its id is taken by another.</summary>
    public Task<string?> ExecuteAsync(ToldMessage message)
    {
        lock (gate)
        {
            waiting.Add(message);
            BeginWriter();
        }

        return message.Reached.Task.WaitAsync(message.Cancellation);
    }

    private void BeginWriter()
    {
        if (writers < MostWriters)
        {
            writers++;
            Begin(WriteAllAsync);
        }
    }

    /// <summary>Not in the trace of the message that happens to begin it.</summary>
    private static void Begin(Func<Task> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(work);
        }
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { Count: > 0 } messages)
        {
            var heldUp = await WriteAsync(messages, LongestWait);
            var callsHeldUp = heldUp.Select(message => message.CallId).ToHashSet(StringComparer.Ordinal);
            foreach (var callId in callsHeldUp)
            {
                Log.SetAside(logger, callId);
            }

            lock (gate)
            {
                callsBeingWritten.ExceptWith(messages.Select(message => message.CallId).Where(callId => !callsHeldUp.Contains(callId)));
                aside.AddRange(heldUp);
                if (aside.Count > 0 && !isAsideBeingWritten)
                {
                    isAsideBeingWritten = true;
                    Begin(WriteAsideAsync);
                }
            }
        }
    }

    /// <summary>One call after the other, on a connection beside the writers' and no more, however many calls there are.</summary>
    private async Task WriteAsideAsync()
    {
        while (TakeAside() is { Count: > 0 } messages)
        {
            var heldUp = await WriteAsync(messages, LongestWait);
            lock (gate)
            {
                aside.AddRange(heldUp);
                if (heldUp.Count == 0)
                {
                    callsBeingWritten.Remove(messages[0].CallId);
                    BeginWriter(); // more may have been told of it
                }
            }
        }
    }

    private List<ToldMessage> TakeAside()
    {
        lock (gate)
        {
            var taken = aside.FindAll(message => message.CallId == aside[0].CallId);
            aside.RemoveAll(taken.Contains);
            isAsideBeingWritten = taken.Count > 0;
            return taken;
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

    /// <summary>Each message has its outcome then, but for those that are returned: they are held up.</summary>
    private async Task<List<ToldMessage>> WriteAsync(List<ToldMessage> messages, TimeSpan wait)
    {
        // All of them are the consumers' of one bus: when one of these ends, so do the others.
        var cancellation = messages[0].Cancellation;
        try
        {
            var (calls, recordings) = await database.WriteAsync(connection => TellAsync(connection, messages, wait, cancellation), cancellation);
            foreach (var message in messages)
            {
                message.Reached.TrySetResult(
                    message.Recording is { } recording ? recordings.GetValueOrDefault(recording) : calls.GetValueOrDefault((message.CallId, message.Provider)));
            }
        }
        catch (Exception) when (messages.Count > 1)
        {
            var heldUp = new List<ToldMessage>();
            foreach (var message in messages)
            {
                heldUp.AddRange(heldUp.Exists(other => other.CallId == message.CallId) ? [message] : await WriteAsync([message], LongestWaitOfOne));
            }

            return heldUp;
        }
        catch (HeldUpException)
        {
            metrics.WriteRetried();
            return messages;
        }
        catch (Exception exception)
        {
            messages[0].Reached.TrySetException(exception);
        }

        return [];
    }

    /// <summary>Writes all of them or none; the statuses that were reached, without those of ids that are taken.</summary>
    /// <exception cref="HeldUpException">A lock was not to be had in that time, or a statement took too long.</exception>
    private async Task<(Dictionary<(string CallId, string Provider), string> Calls, Dictionary<RecordingIdentity, string> Recordings)> TellAsync(
        NpgsqlConnection connection, List<ToldMessage> messages, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var ids = messages.Select(message => message.CallId).Distinct(StringComparer.Ordinal).ToArray();
            await connection.ExecuteAsync(new CommandDefinition(Locks, new { wait = (int)wait.TotalMilliseconds, calls = ids }, cancellationToken: cancellationToken));
            var calls = await UpsertCallCommand.TellAsync(connection, [.. messages.Where(message => message.Recording is null)], cancellationToken);
            var recordings = await UpsertRecordingCommand.TellAsync(connection, [.. messages.Where(message => message.Recording is not null)], cancellationToken);
            await upgradeMix.ExecuteAsync(connection, ids, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (calls, recordings);
        }
        catch (NpgsqlException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable || exception.InnerException is TimeoutException)
        {
            // Not an outage, which all would have to wait for: others' messages may go through.
            throw new HeldUpException(exception);
        }
    }
}
