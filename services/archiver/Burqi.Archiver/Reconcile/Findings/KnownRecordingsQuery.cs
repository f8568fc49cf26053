using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Reconcile.Findings;

/// <summary>What is known of recordings: whether they ever reached us, and which run found those that had not.</summary>
internal sealed class KnownRecordingsQuery(ArchiverDatabase database)
{
    // A conference's recording is told of under its call or under the conference, whichever the callback named: the list may name both, and
    // the ids differ. The provider's own id does not; a channel split off bears it as well and does not count.
    private const string Sql =
        """
        select asked.id as RecordingId,
               exists (select 1 from archiver.jobs where recording_id = asked.id and step = @Step)
                   or exists
                   (
                       select 1 from archiver.jobs
                       where provider_recording_id = asked.provider_recording_id and provider = @provider and split_from is null
                   )
                   or exists (select 1 from archiver.heard_recordings where recording_id in (asked.id, asked.conference_id)) as IsKnown,
               found.reconciliation_id as FoundBy
        from unnest(@ids, @conferenceIds, @providerIds) as asked (id, conference_id, provider_recording_id)
        left join archiver.reconciliation_findings found on found.recording_id = asked.id
        """;

    /// <summary>What is known of each, by the id under which it would be told of.</summary>
    /// <param name="provider">Whose recordings.</param>
    /// <param name="recordings">What it listed, each once.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    public async Task<IReadOnlyDictionary<Guid, KnownRecording>> ExecuteAsync(
        string provider, IReadOnlyList<ListedRecording> recordings, CancellationToken cancellationToken)
    {
        var asked = recordings.DistinctBy(recording => Finding.IdOf(provider, recording)).ToList();
        var values = new
        {
            provider,
            ids = asked.Select(recording => Finding.IdOf(provider, recording)).ToArray(),
            conferenceIds = asked.Select(recording => Finding.ConferenceIdOf(provider, recording)).ToArray(),
            providerIds = asked.Select(recording => recording.ProviderRecordingId).ToArray(),
            Step = JobSteps.Archive,
        };
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<KnownRecording>(new CommandDefinition(Sql, values, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.RecordingId);
    }
}

/// <summary>What is known of a recording.</summary>
internal sealed record KnownRecording
{
    public required Guid RecordingId { get; init; }

    /// <summary>It reached us, by itself or because it was found.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>The run that found it missing; null where none did.</summary>
    public Guid? FoundBy { get; init; }
}
