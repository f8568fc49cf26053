using System.Diagnostics;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Reconcile.Heard;
using Burqi.Archiver.Sources;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>Writes down that a provider's recording is to be fetched. The bytes move later, outside the acknowledgement.</summary>
internal sealed class ProviderRecordingReadyConsumer(
    AddJobCommand addJob,
    HearCommand hear,
    IEnumerable<IProviderSource> providers,
    JobSignals signals,
    ILogger<ProviderRecordingReadyConsumer> logger)
    : IConsumer<ProviderRecordingReady>
{
    public async Task Consume(ConsumeContext<ProviderRecordingReady> context)
    {
        if (context.Message.AutoSave is false)
        {
            await hear.RecordingAsync(context.Message.RecordingId, context.CancellationToken);
            JobLog.NotWanted(logger, context.Message.RecordingId);
            return;
        }

        var job = ToJob(context.Message);
        await addJob.ExecuteAsync(job, context.CancellationToken);
        signals.Work.Ring();
        JobLog.Accepted(logger, job);
    }

    private NewJob ToJob(ProviderRecordingReady message)
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
            Origin = message.Origin,
            StartedAt = message.StartedAt,
            SourceKind = message.Provider,
            SourceDetails = "{}",
            Traceparent = Activity.Current?.Id,
            CreateDatabaseRecords = message.CreateDatabaseRecords,
        };

        if (providers.FirstOrDefault(provider => provider.Provider == message.Provider) is not { } source)
        {
            return job with { Refusal = "The announcement names a provider whose recordings this version cannot fetch." };
        }

        try
        {
            return source.Describe(job, message);
        }
        catch (FormatException exception)
        {
            return job with { Refusal = $"The announcement of the recording cannot be trusted: {exception.Message}." };
        }
    }
}
