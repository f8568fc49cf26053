using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>What must be so before the provider's copy of a recording may go. Times are the database's, as with all jobs.</summary>
internal sealed class DeletionConditionsQuery(ArchiverDatabase database)
{
    private const string Sql =
        """
        select (select archived.finished_at + make_interval(days => @Days) - now()
                from archiver.jobs archived
                where archived.recording_id = @RecordingId and archived.step = 'archive' and archived.status = 'completed') as DueIn,
               (select count(*) from archiver.jobs split
                where split.split_from = @RecordingId and split.status in ('waiting', 'running')) as OpenSplits,
               (select count(*) from archiver.jobs split where split.split_from = @RecordingId and split.status = 'dead') as DeadSplits
        """;

    public async Task<DeletionConditions> ExecuteAsync(Guid recordingId, int days, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleAsync<DeletionConditions>(new CommandDefinition(
            Sql, new { RecordingId = recordingId, Days = days }, cancellationToken: cancellationToken));
    }
}

/// <summary>What <see cref="DeletionConditionsQuery"/> found.</summary>
internal sealed record DeletionConditions
{
    /// <summary>How long until the recording has been archived for as many days as were asked for; null where it is not archived.</summary>
    public TimeSpan? DueIn { get; init; }

    /// <summary>How many of its channels are still to be split off.</summary>
    public long OpenSplits { get; init; }

    /// <summary>How many of its channels could not be.</summary>
    public long DeadSplits { get; init; }
}
