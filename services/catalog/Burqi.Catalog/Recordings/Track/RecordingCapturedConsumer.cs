using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>A recording of ours is whole on the disk of a media node.</summary>
internal sealed class RecordingCapturedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingCaptured>
{
    public Task Consume(ConsumeContext<RecordingCaptured> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Captured,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Captured), message.EndedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Column("format", message.Format)
                .Column("sample_rate", message.SampleRate)
                .Column("channels", message.Channels)
                .Column("duration_ms", message.DurationMs)
                .Column("file_size", message.FileSize)
                .Column("sha256", message.Sha256)
                .Column("file_path", message.FilePath)
                .StartedAt(message.StartedAt)
                .Column("ended_at", message.EndedAt)
                .Metadata("media_node", message.MediaNode)
                .Metadata("recovered", message.Recovered)
                .Metadata("participant", message.Participant)
                .Metadata("auto_save", message.AutoSave)
                .Metadata("facts", RecordingFacts.Of(message)),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
