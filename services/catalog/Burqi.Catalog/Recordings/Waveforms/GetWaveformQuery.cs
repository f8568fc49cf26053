using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Recordings.Waveforms;

/// <summary>The outline of the audio that a recording shows: its own, or that of the recording of the same call whose audio it shows.</summary>
internal sealed class GetWaveformQuery(CatalogDatabase database)
{
    private const string Sql =
        """
        select sha256 as Sha256, duration_ms as DurationMs, channels as Channels, points as Points, peaks as Peaks
        from catalog.waveforms
        where call_id = @CallId and sha256 = @Sha256
        order by recording_id = @Id desc
        limit 1
        """;

    /// <summary>Null where there is none.</summary>
    public Task<StoredWaveform?> ExecuteAsync(Recording recording, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<StoredWaveform>(new CommandDefinition(
            Sql, new { recording.Id, recording.CallId, recording.Sha256 }, cancellationToken: cancellationToken)),
        cancellationToken);
}
