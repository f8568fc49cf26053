using System.Diagnostics;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Reconcile.Heard;
using Burqi.Archiver.Sources.MediaNode;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>Writes down that a captured file is to be archived. The bytes move later, outside the acknowledgement.</summary>
internal sealed class RecordingCapturedConsumer(AddJobCommand addJob, HearCommand hear, JobSignals signals, ILogger<RecordingCapturedConsumer> logger)
    : IConsumer<RecordingCaptured>
{
    public async Task Consume(ConsumeContext<RecordingCaptured> context)
    {
        if (context.Message.AutoSave is false)
        {
            // The provider's own file of the call is not wanted either, should it have to be looked for.
            var message = context.Message;
            await hear.CallAsync(message.Provider, message.CallId, message.AssistantId, autoSave: false, message.CreateDatabaseRecords, context.CancellationToken);
            JobLog.NotWanted(logger, message.RecordingId);
            return;
        }

        var job = ToJob(context.Message);
        await addJob.ExecuteAsync(job, context.CancellationToken);
        signals.Work.Ring();
        JobLog.Accepted(logger, job);
    }

    private static NewJob ToJob(RecordingCaptured message)
    {
        var job = new NewJob
        {
            RecordingId = message.RecordingId,
            Provider = message.Provider,
            CallId = message.CallId,
            RecordingType = message.RecordingType,
            RecordingSource = message.RecordingSource,
            ProviderRecordingId = message.ProviderRecordingId,
            StreamId = message.StreamId,
            AssistantId = message.AssistantId,
            Format = message.Format,
            SampleRate = message.SampleRate,
            Channels = message.Channels,
            DurationMs = message.DurationMs,
            FilePath = message.FilePath,
            StartedAt = message.StartedAt,
            EndedAt = message.EndedAt,
            SourceKind = MediaNodeRecordingSource.SourceKind,
            SourceDetails = "{}",
            ExpectedSize = message.FileSize,
            ExpectedSha256 = message.Sha256,
            Traceparent = Activity.Current?.Id,
            CreateDatabaseRecords = message.CreateDatabaseRecords,
        };

        try
        {
            return job with
            {
                SourceDetails = MediaNodeRecordingSource.Describe(message.RecordingId, message.ContentUrl, message.MediaNode),
                Destination = new Uri(message.ContentUrl).Authority,
                ObjectKey = ObjectKey.ForCapture(message.CallId, message.RecordingType, message.Format, message.StartedAt),
            };
        }
        catch (FormatException exception)
        {
            return job with { Refusal = $"The announcement of the recording cannot be trusted: {exception.Message}." };
        }
    }
}
