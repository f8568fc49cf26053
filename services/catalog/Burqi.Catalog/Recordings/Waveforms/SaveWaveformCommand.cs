using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Recordings.Waveforms;

/// <summary>Keeps the outline of a recording. That of one that is deleted is not kept, whichever was told first.</summary>
internal sealed class SaveWaveformCommand(CatalogDatabase database)
{
    /// <summary>Forgets it: for the transaction that marks the recording as deleted, which holds the call's lock.</summary>
    public const string Forget = "delete from catalog.waveforms where recording_id = @id";

    private const string Sql =
        """
        insert into catalog.waveforms as known (recording_id, call_id, sha256, duration_ms, channels, points, peaks, computed_at)
        select @RecordingId, @CallId, @Sha256, @DurationMs, @Channels, @Points, @Peaks, @ComputedAt
        where not exists (select from catalog.recordings where id = @RecordingId and status = 'deleted')
        on conflict (recording_id) do update set
            sha256 = excluded.sha256, duration_ms = excluded.duration_ms, channels = excluded.channels, points = excluded.points,
            peaks = excluded.peaks, computed_at = excluded.computed_at
        where known.computed_at <= excluded.computed_at
        """;

    /// <summary>Keeps it.</summary>
    /// <exception cref="FormatException">The peaks are no base64.</exception>
    public async Task ExecuteAsync(RecordingWaveformComputed message, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            message.RecordingId,
            message.CallId,
            message.Sha256,
            message.DurationMs,
            message.Channels,
            message.Points,
            Peaks = Convert.FromBase64String(message.Peaks),
            ComputedAt = message.ComputedAt.UtcDateTime,
        };
        await database.WriteAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(TellOfCallCommand.Lock, new { callId = message.CallId }, cancellationToken: cancellationToken));
                await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken);
    }
}
