using System.Diagnostics;
using System.Text.Json;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Dapper;

namespace Burqi.Archiver.Retention;

/// <summary>
/// Puts on the table that a recording is to be deleted or moved to another tier. What was asked before and is done, or given up, is answered once
/// more; what is asked anew, under another id or for another tier, is begun anew where it was given up or, a tier, was another.
/// </summary>
internal sealed class AskCommand(ArchiverDatabase database, RecordingStores stores)
{
    private const string Insert =
        """
        insert into archiver.jobs (
            id, recording_id, step, status, provider, call_id, recording_type, recording_source, provider_recording_id, assistant_id,
            source_kind, source_details, traceparent, destination)
        values (
            @Id, @RecordingId, @Step, 'waiting', @Provider, @CallId, @RecordingType, @RecordingSource, @ProviderRecordingId, @AssistantId,
            'stored', @Details::jsonb, @Traceparent,
            'store/' || coalesce((select store from archiver.jobs where recording_id = @RecordingId and step in ('archive', 'split') and store is not null limit 1), @Primary))
        """;

    /// <summary>What is set where a job is begun anew.</summary>
    public const string Again =
        """
            attempts = 0, next_attempt_at = now(), taken_up_at = null, started_announced_at = null, finished_at = null, last_failure = null,
            last_error = null, note = null, status = 'waiting'
        """;

    private const string Deletion =
        $"""
        {Insert}
        on conflict (recording_id, step) do update set source_details = excluded.source_details, updated_at = now(), outcome_announced_at = null;

        update archiver.jobs set {Again}
        where recording_id = @RecordingId and step = @Step and status = 'dead' and source_details ->> 'deletion_id' <> @Before
        """;

    // Two decisions may arrive the other way round, and the one before the last is not to be the last word.
    private const string IsLater =
        "coalesce((source_details ->> 'requested_at')::timestamptz <= (@Details::jsonb ->> 'requested_at')::timestamptz, true)";

    private const string Tier =
        $"""
        {Insert}
        on conflict (recording_id, step) do update set updated_at = now(), outcome_announced_at = null;

        update archiver.jobs set source_details = @Details::jsonb, {Again}
        where recording_id = @RecordingId and step = @Step and status <> 'running' and source_details ->> 'tier' <> @Details::jsonb ->> 'tier' and {IsLater};

        update archiver.jobs set source_details = source_details || jsonb_build_object('requested_at', @Details::jsonb -> 'requested_at')
        where recording_id = @RecordingId and step = @Step and source_details ->> 'tier' = @Details::jsonb ->> 'tier' and {IsLater}
        """;

    private const string Known = "select source_details ->> 'deletion_id' from archiver.jobs where recording_id = @RecordingId and step = @Step for update";

    public Task DeletionAsync(AskedOf recording, DeletionDetails details, CancellationToken cancellationToken) => ExecuteAsync(
        recording,
        JobSteps.DeleteRecording,
        Deletion,
        JsonSerializer.Serialize(details, RetentionJsonContext.Default.DeletionDetails),
        cancellationToken);

    public Task TierAsync(AskedOf recording, TierDetails details, CancellationToken cancellationToken) => ExecuteAsync(
        recording, JobSteps.SetTier, Tier, JsonSerializer.Serialize(details, RetentionJsonContext.Default.TierDetails), cancellationToken);

    private async Task ExecuteAsync(AskedOf recording, string step, string sql, string details, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var parameters = new DynamicParameters(recording);
        parameters.AddDynamicParams(new
        {
            Id = Guid.CreateVersion7(),
            Step = step,
            Details = details,
            Traceparent = Activity.Current?.Id,
            Primary = stores.Primary.Name,
        });
        parameters.Add("Before", await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Known, parameters, transaction, cancellationToken: cancellationToken)) ?? "");
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }
}
