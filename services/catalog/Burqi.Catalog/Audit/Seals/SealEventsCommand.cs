using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>
/// Seals the events that are not sealed yet, in the order of their ids as far as they are visible: a transaction that ends late is sealed late.
/// One replica's turn at a time; the lock ends with the transaction.
/// </summary>
internal sealed partial class SealEventsCommand(CatalogDatabase database, AuditKeys keys, CatalogMetrics metrics, ILogger<SealEventsCommand> logger)
{
    public const int MostAtOnce = 1000;

    private const string IsAnything = "select exists (select from catalog.recording_events_unsealed)";

    private const string Lock = "select pg_try_advisory_xact_lock(hashtextextended('burqi.catalog.audit', 0))";

    private const string Last = "select number, hash, key_id from catalog.recording_event_seals order by number desc limit 1";

    private const string HashOf = "select hash from catalog.recording_event_seals where number = @number";

    // One that is sealed already was noted twice, by a migration that was broken off.
    private const string Find =
        $"""
        select waiting.event_id, {SealedEvent.Columns}
        from (select event_id from catalog.recording_events_unsealed order by event_id limit @MostAtOnce) waiting
        left join catalog.recording_events event on event.id = waiting.event_id
        where not exists (select from catalog.recording_event_seals known where known.event_id = waiting.event_id)
        order by waiting.event_id
        """;

    private const string Insert =
        """
        insert into catalog.recording_event_seals (number, event_id, key_id, previous_hash, hash)
        select * from unnest(@numbers, @events, array_fill(cast(@key as text), array[cardinality(@numbers)]), @previous, @hashes)
        """;

    private const string Done =
        """
        delete from catalog.recording_events_unsealed
        where event_id in (select event_id from catalog.recording_events_unsealed order by event_id limit @MostAtOnce)
            and exists (select from catalog.recording_event_seals known where known.event_id = recording_events_unsealed.event_id)
        """;

    // What this process saw last: whoever rewrites the chain while it runs is found out at the next event.
    private (long Number, byte[] Hash)? seen;

    /// <summary>The chain's end and how many events were added to it; null where there was nothing to do, or another replica is at it.</summary>
    public Task<(long Number, byte[] Hash, int Sealed)?> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            if (!await connection.ExecuteScalarAsync<bool>(Command(IsAnything)))
            {
                return ((long, byte[], int)?)null;
            }

            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await connection.ExecuteScalarAsync<bool>(Command(Lock)))
            {
                return null;
            }

            var (number, hash, keyId) = await connection.QuerySingleOrDefaultAsync<(long, byte[]?, string?)>(Command(Last));
            if (keyId is not null && (keys.Current is null || keys.Find(keyId) is null))
            {
                // One seal without that key, or behind one that cannot be verified here, would spoil the chain for ever; events can wait.
                metrics.SealRefused();
                throw new SealKeyMissingException(number, keyId);
            }

            var last = hash ?? SealedEvent.Beginning;
            await CompareAsync(connection, number, cancellationToken);

            var seals = await ReadAsync(connection, number, last, cancellationToken);
            if (seals.Count > 0)
            {
                await connection.ExecuteAsync(Command(Insert, new
                {
                    numbers = seals.ConvertAll(seal => seal.Number).ToArray(),
                    events = seals.ConvertAll(seal => seal.EventId).ToArray(),
                    key = keys.Current,
                    previous = seals.ConvertAll(seal => seal.Previous).ToArray(),
                    hashes = seals.ConvertAll(seal => seal.Hash).ToArray(),
                }));
                (number, last) = (seals[^1].Number, seals[^1].Hash);
            }

            await connection.ExecuteAsync(Command(Done, new { MostAtOnce }));
            await transaction.CommitAsync(cancellationToken);
            seen = number == 0 ? null : (number, last);
            return (number, last, seals.Count);

            CommandDefinition Command(string sql, object? parameters = null) => new(sql, parameters, cancellationToken: cancellationToken);
        },
        cancellationToken);

    private async Task<List<(long Number, long EventId, byte[] Previous, byte[] Hash)>> ReadAsync(
        NpgsqlConnection connection, long number, byte[] last, CancellationToken cancellationToken)
    {
        var key = keys.Current is { } id ? keys.Find(id) : null;
        var seals = new List<(long Number, long EventId, byte[] Previous, byte[] Hash)>();
        await using var command = new NpgsqlCommand(Find, connection);
        command.Parameters.AddWithValue("MostAtOnce", MostAtOnce);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var eventId = reader.GetInt64(0);
            var columns = SealedEvent.Read(reader, 1);
            if (columns is null)
            {
                // It gets its seal all the same, so that what is missing is found whenever the chain is verified.
                Log.EventGone(logger, eventId);
            }

            var hash = SealedEvent.Hash(key, last, ++number, eventId, columns);
            seals.Add((number, eventId, last, hash));
            last = hash;
        }

        return seals;
    }

    private async Task CompareAsync(NpgsqlConnection connection, long number, CancellationToken cancellationToken)
    {
        if (seen is not { } known)
        {
            return;
        }

        var hash = await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(HashOf, new { number = known.Number }, cancellationToken: cancellationToken));
        if (hash is null || !hash.AsSpan().SequenceEqual(known.Hash))
        {
            Log.ChainChanged(logger, known.Number, Convert.ToHexStringLower(known.Hash), number);
        }
    }
}
