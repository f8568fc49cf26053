using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>A provider holds a finished recording: captured, though not by us.</summary>
internal sealed class ProviderRecordingReadyConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<ProviderRecordingReady>
{
    public Task Consume(ConsumeContext<ProviderRecordingReady> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Captured,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Captured), message.ReadyAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Column("format", message.Format)
                .Column("sample_rate", message.SampleRate)
                .Column("channels", message.Channels)
                .Column("duration_ms", message.DurationMs)
                .Metadata("provider_duration_ms", message.DurationMs)
                .StartedAt(message.StartedAt)
                .Metadata("account_id", message.AccountId)
                .Metadata("origin", message.Origin)
                .Metadata("track", message.Track)
                .Metadata("chunk_index", message.ChunkIndex)
                .Metadata("auto_save", message.AutoSave),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
