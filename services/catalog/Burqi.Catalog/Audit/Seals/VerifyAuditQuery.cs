using System.Data;
using Burqi.Catalog.Database;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>
/// Computes a stretch of the chain again, from the events as they are. It ends at the first thing that is wrong. At the chain's end it looks for events
/// that nobody sealed nor is going to: they came past the trigger.
/// </summary>
internal sealed class VerifyAuditQuery(CatalogDatabase database, AuditKeys keys)
{
    public const int MostAtOnce = 100_000;

    private const int LongestSeconds = 300;

    private const string Before = "select hash, key_id from catalog.recording_event_seals where number = @after";

    private const string Find =
        $"""
        select seal.number, seal.event_id, seal.key_id, seal.previous_hash, seal.hash, {SealedEvent.Columns}
        from (select * from catalog.recording_event_seals where number > @after order by number limit @limit) seal
        left join catalog.recording_events event on event.id = seal.event_id
        order by seal.number
        """;

    private const string Inserted =
        """
        select min(id) from catalog.recording_events event
        where not exists (select from catalog.recording_event_seals where event_id = event.id)
            and not exists (select from catalog.recording_events_unsealed where event_id = event.id)
        """;

    private const string Unsealed = "select count(*) from catalog.recording_events_unsealed";

    /// <summary>Verifies from one seal on.</summary>
    /// <param name="after">The number of the last seal that was verified before; 0 for the beginning.</param>
    /// <param name="limit">How many events at most.</param>
    /// <param name="head">A hash to look out for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AuditVerification> ExecuteAsync(long after, int limit, string? head, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // One state of both tables, whatever is sealed meanwhile.
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(
                $"set transaction read only; set local statement_timeout = '{LongestSeconds}s'", cancellationToken: cancellationToken));
            var stretch = new Stretch(keys, after, head);
            if (after > 0)
            {
                stretch.Begin(await connection.QuerySingleOrDefaultAsync<(byte[]?, string?)>(
                    new CommandDefinition(Before, new { after }, cancellationToken: cancellationToken)));
            }

            await ReadAsync(connection, stretch, after, limit, cancellationToken);
            var isEnd = stretch.Problem is null && stretch.Read < limit;
            if (isEnd && await ScalarAsync<long?>(connection, Inserted, cancellationToken) is { } inserted)
            {
                stretch.Problem = new(
                    "inserted", null, inserted, $"Event {inserted} is not sealed and does not wait for it: it was inserted past the trigger that notes each event.");
            }

            return new AuditVerification
            {
                Verified = stretch.Verified,
                Number = stretch.Number,
                Hash = Convert.ToHexStringLower(stretch.Hash),
                More = stretch.Problem is null && !isEnd,
                HeadAt = stretch.HeadAt,
                KeyedSince = stretch.KeyedSince,
                KeyId = stretch.KeyId,
                HasKey = keys.Current is not null,
                Unsealed = isEnd ? await ScalarAsync<long>(connection, Unsealed, cancellationToken) : 0,
                Problem = stretch.Problem,
            };
        },
        cancellationToken);

    private static async Task ReadAsync(NpgsqlConnection connection, Stretch stretch, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection) { CommandTimeout = LongestSeconds };
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (stretch.Problem is null && await reader.ReadAsync(cancellationToken))
        {
            stretch.Add(
                reader.GetInt64(0),
                reader.GetInt64(1),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
                reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<byte[]>(4),
                SealedEvent.Read(reader, 5));
        }
    }

    private static Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, commandTimeout: LongestSeconds, cancellationToken: cancellationToken));

    /// <summary>As far as the chain was followed.</summary>
    private sealed class Stretch(AuditKeys keys, long after, string? head)
    {
        private long? lastEvent;

        public long Number { get; private set; } = after;

        public byte[] Hash { get; private set; } = SealedEvent.Beginning;

        public int Read { get; private set; }

        public long Verified { get; private set; }

        public long? HeadAt { get; private set; }

        public long? KeyedSince { get; private set; }

        public string? KeyId { get; private set; }

        public AuditProblem? Problem { get; set; }

        public void Begin((byte[]? Hash, string? KeyId) before)
        {
            if (before.Hash is null)
            {
                Problem = new("removed", Number, null, $"Seal {Number} is not there: it and its event were removed.");
                return;
            }

            Hash = before.Hash;
            KeyId = before.KeyId;
        }

        public void Add(long number, long eventId, string? sealKey, byte[] previous, byte[] hash, string?[]? columns)
        {
            Read++;
            Problem = Objection(number, eventId, sealKey, previous, hash, columns);
            if (Problem is not null)
            {
                return;
            }

            Verified++;
            KeyedSince ??= sealKey is null ? null : number;
            (Number, Hash, KeyId, lastEvent) = (number, hash, sealKey, eventId);
            if (head is not null && Convert.ToHexStringLower(hash) == head)
            {
                HeadAt = number;
            }
        }

        private AuditProblem? Objection(long number, long eventId, string? sealKey, byte[] previous, byte[] hash, string?[]? columns)
        {
            if (number != Number + 1)
            {
                return new("removed", Number + 1, null, $"After seal {Number} comes {number}: what lies between was removed, events and seals.");
            }

            if (columns is null)
            {
                return new("removed", number, eventId, $"Event {eventId} (seal {number}) was removed.");
            }

            if (!previous.AsSpan().SequenceEqual(Hash))
            {
                return new(
                    "broken", Number, lastEvent, $"Seal {number} does not follow on seal {Number}{(lastEvent is { } known ? $" of event {known}" : "")}: that one was made anew, or this one put in its place.");
            }

            if (sealKey is null && KeyId is not null)
            {
                return new("broken", number, eventId, $"Seal {number} of event {eventId} was made without a key, although those before it have one: it is not ours.");
            }

            if (sealKey is null && number >= keys.KeyedSince)
            {
                return new(
                    "broken", number, eventId, $"Seal {number} of event {eventId} was made without a key, although BURQI_AUDIT_KEYED_SINCE says that all have one since {keys.KeyedSince}: it is not ours.");
            }

            var key = sealKey is null ? null : keys.Find(sealKey);
            return sealKey is not null && key is null
                ? new("unknown_key", number, eventId, $"Seal {number} was made with the key {sealKey}, which BURQI_AUDIT_KEY does not hold: without it nothing can be said of it.")
                : SealedEvent.Hash(key, Hash, number, eventId, columns).AsSpan().SequenceEqual(hash)
                ? null
                : new("changed", number, eventId, $"Event {eventId} (seal {number}) is not as it was sealed: it was changed.");
        }
    }
}
