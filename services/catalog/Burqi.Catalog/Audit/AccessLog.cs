using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Audit;

/// <summary>
/// Writes down who saw and heard what, before it is shown. What cannot be written down is refused. A player asks for many ranges of one
/// recording and a page asks for the same call every other second: repeats within five minutes are one event. They are remembered here and not
/// looked for in the table; another replica, or this one after a restart, notes it once more.
/// </summary>
internal sealed partial class AccessLog(CatalogDatabase database, TimeProvider time, ILogger<AccessLog> logger)
{
    public static readonly TimeSpan RepeatedWithin = TimeSpan.FromMinutes(5);

    private const int MostRemembered = 20_000;

    /// <summary>Whoever asked may leave meanwhile; what was asked for is noted all the same.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Access, Noted> remembered = new();

    /// <summary>Notes an access; to be called before the first byte of the answer's body.</summary>
    /// <param name="context">The request, which says who asks.</param>
    /// <param name="eventName">One of <see cref="RecordingEventNames"/>.</param>
    /// <param name="callId">The provider's id of the call; null for a list.</param>
    /// <param name="recordingId">The recording; null where it is about the call or a list.</param>
    /// <param name="details">What else is to be known, in snake_case. Never a key or a phone number: nothing can be removed from the log.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="AccessNotNotedException">It could not be written.</exception>
    public async Task NoteAsync(
        HttpContext context, string eventName, string? callId, Guid? recordingId, JsonObject? details, CancellationToken cancellationToken)
    {
        var asker = Asker.Of(Caller.Of(context));
        if (!RecordingEventNames.Repeatable.Contains(eventName))
        {
            await WriteAsync(asker, eventName, callId, recordingId, details).WaitAsync(cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        var access = new Access(eventName, asker.KeyId, asker.Address, callId, recordingId, details?.ToJsonString());
        var mine = new Noted(now, new Lazy<Task>(() => WriteAsync(asker, eventName, callId, recordingId, details)));
        var noted = remembered.AddOrUpdate(access, mine, (_, known) => now - known.At < RepeatedWithin && !known.HasFailed ? known : mine);
        try
        {
            // Whoever comes second waits for the first one's row.
            await noted.Written.Value.WaitAsync(cancellationToken);
        }
        catch (AccessNotNotedException)
        {
            remembered.TryRemove(KeyValuePair.Create(access, noted));
            throw;
        }

        if (remembered.Count > MostRemembered)
        {
            Forget(now);
        }
    }

    private async Task WriteAsync(Asker asker, string eventName, string? callId, Guid? recordingId, JsonObject? details)
    {
        try
        {
            using var patience = new CancellationTokenSource(LongestWrite, time);
            await database.ReadAsync(
                async connection =>
                {
                    await RecordingEventLog.AppendAsync(connection, eventName, callId, recordingId, asker, details ?? [], patience.Token);
                    return true;
                },
                patience.Token);
        }
        catch (Exception exception)
        {
            Log.NotNoted(logger, eventName, exception);
            throw new AccessNotNotedException(exception);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var entry in remembered)
        {
            if (now - entry.Value.At >= RepeatedWithin)
            {
                remembered.TryRemove(entry);
            }
        }

        // So many in five minutes: an event too many does no harm, memory without end does.
        if (remembered.Count > MostRemembered)
        {
            remembered.Clear();
        }
    }

    private sealed record Access(string Event, string? KeyId, string? Address, string? CallId, Guid? RecordingId, string? Details);

    private sealed record Noted(DateTimeOffset At, Lazy<Task> Written)
    {
        public bool HasFailed => Written.IsValueCreated && Written.Value.IsFaulted;
    }
}
