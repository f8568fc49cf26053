using System.Diagnostics;
using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Waveforms;

/// <summary>
/// Reads what was archived for its outline, so that nobody has to decode it to draw it. It is the least of all that is done here: one at a time, beside
/// the workers that archive, and audio that cannot be decoded is no failure but a job that is done with a note.
/// </summary>
internal sealed partial class WaveformStep(
    RecordingStores stores, CompleteWaveformCommand complete, JobSignals signals, ILogger<WaveformStep> logger) : IJobStep
{
    // A decoder that brings the process down takes the attempt's failure with it: an attempt that nobody wrote anything down of.
    private const int MostDeaths = 3;

    public string Step => JobSteps.Waveform;

    /// <summary>The job that follows a transfer; none where the catalog keeps no row, or the format has no outline.</summary>
    public static IEnumerable<NewJob> After(ArchiveJob job, TransferResult result)
    {
        if (job.CreateDatabaseRecords is false || !WaveformReader.Reads(result.Format))
        {
            yield break;
        }

        yield return new NewJob
        {
            RecordingId = job.RecordingId,
            Step = JobSteps.Waveform,
            Provider = job.Provider,
            CallId = job.CallId,
            RecordingType = job.RecordingType,
            RecordingSource = job.RecordingSource,
            ProviderRecordingId = job.ProviderRecordingId,
            AssistantId = job.AssistantId,
            Format = result.Format,
            DurationMs = result.DurationMs,
            SourceKind = job.SourceKind,
            SourceDetails = "{}",
            Destination = Destinations.OfStore(result.Store),
            ExpectedSize = result.FileSize,
            ExpectedSha256 = result.Sha256,
            ObjectKey = ObjectKey.Parse(job.ObjectKey!),
            Store = result.Store,
            Traceparent = job.Traceparent,
        };
    }

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("compute waveform", ActivityKind.Consumer, job);
        Waveform? waveform = null;
        string? note = null;
        try
        {
            waveform = job is { Attempts: > MostDeaths, LastFailure: null }
                ? throw new UndecodableException("Several attempts ended without a word.")
                : await ReadAsync(job, cancellationToken);
        }
        catch (UndecodableException exception)
        {
            note = $"It has no waveform. {exception.Message}";
        }

        if (await complete.ExecuteAsync(job, waveform, note, cancellationToken))
        {
            if (note is null)
            {
                Log.Computed(logger, job.RecordingId, waveform!.Channels, waveform.Points);
            }
            else
            {
                Log.NotDecodable(logger, job.RecordingId, note);
            }

            signals.Announcements.Ring();
        }

        return true;
    }

    public IReadOnlyList<object> News(ArchiveJob job)
    {
        if (job is not { Status: JobStatuses.Completed, Note: null })
        {
            return [];
        }

        var waveform = JsonSerializer.Deserialize(job.SourceDetails, WaveformJsonContext.Default.Waveform)!;
        return
        [
            new RecordingWaveformComputed
            {
                RecordingId = job.RecordingId,
                Provider = job.Provider,
                CallId = job.CallId,
                RecordingType = job.RecordingType,
                RecordingSource = job.RecordingSource,
                ProviderRecordingId = job.ProviderRecordingId,
                AssistantId = job.AssistantId,
                Sha256 = job.ExpectedSha256!,
                DurationMs = waveform.DurationMs,
                Channels = waveform.Channels,
                Points = waveform.Points,
                Peaks = Convert.ToBase64String(waveform.Peaks),
                ComputedAt = new DateTimeOffset(job.FinishedAt!.Value, TimeSpan.Zero),
            },
        ];
    }

    private async Task<Waveform> ReadAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Parse(job.ObjectKey!);
        await using var stored = await StoredObject.AskAsync(() => stores.OpenReadAsync(job.Store, key, cancellationToken), cancellationToken)
            ?? throw new TransferException(TransferFailure.StoreMismatch, "The store does not have the recording whose waveform is to be computed.");
        if (stored.Size != job.ExpectedSize)
        {
            throw new TransferException(TransferFailure.StoreMismatch, $"The store has {stored.Size} bytes of a recording of {job.ExpectedSize}.");
        }

        await Task.Yield(); // a store that answers at once would keep the loop that takes up jobs
        return await WaveformReader.ReadAsync(stored.Body, stored.Size, job.Format, job.DurationMs, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(4420, LogLevel.Debug, "The waveform of recording {RecordingId} has {Channels} channels of {Points} points")]
        public static partial void Computed(ILogger logger, Guid recordingId, int channels, int points);

        [LoggerMessage(4421, LogLevel.Warning, "Recording {RecordingId}: {Note}")]
        public static partial void NotDecodable(ILogger logger, Guid recordingId, string note);
    }
}
