using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>A recording began: its row begins with it.</summary>
internal sealed class RecordingStartedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingStarted>
{
    public Task Consume(ConsumeContext<RecordingStarted> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Recording,
            ToldFacts.Earliest(RecordingStatus.Rank(RecordingStatuses.Recording), message.StartedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Column("format", message.Format)
                .Column("sample_rate", message.SampleRate)
                .Column("channels", message.Channels)
                .StartedAt(message.StartedAt),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
