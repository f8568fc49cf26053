using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.MarkArchived;

/// <summary>A recording lies verified in the store: from now on it can be played.</summary>
internal sealed class RecordingArchivedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingArchived>
{
    public Task Consume(ConsumeContext<RecordingArchived> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Completed,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Completed), message.ArchivedAt)
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
                .Column("s3_key", message.ObjectKey)
                .Column("s3_url", message.ObjectUrl)
                .StartedAt(message.StartedAt)
                .Column("ended_at", message.EndedAt)
                .Metadata("store", message.Store)
                .Metadata("encrypted", message.EncryptionKeyId is null ? (bool?)null : true) // the key itself may be exchanged
                .Metadata("archived_at", message.ArchivedAt)
                .Metadata("origin", message.Origin)
                .Metadata("peak", message.Peak)
                .Metadata("silent_channels", message.SilentChannels)
                .Metadata("split_from", message.SplitFrom?.ToString())
                .Metadata("split_channel", message.SplitChannel),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
