using System.Text.Json;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Waveforms;

/// <summary>
/// Writes down the outline of a recording, or why there is none. False: the lease was lost, and whoever took the job over, or the recording's
/// deletion, has the last word.
/// </summary>
internal sealed class CompleteWaveformCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, note = @Note, source_details = @Details::jsonb, outcome_announced_at = null
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    public async Task<bool> ExecuteAsync(ArchiveJob job, Waveform? waveform, string? note, CancellationToken cancellationToken)
    {
        var details = waveform is null ? "{}" : JsonSerializer.Serialize(waveform, WaveformJsonContext.Default.Waveform);
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { job.Id, job.LeaseId, Note = note, Details = details }, cancellationToken: cancellationToken)) == 1;
    }
}
