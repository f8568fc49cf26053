using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Identity;

namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary>Twilio's recording statuses in Burqi's words.</summary>
internal static class RecordingStatusMapper
{
    /// <summary>The event that the callback tells of; null for a status nobody has heard of.</summary>
    public static object? Map(RecordingStatusForm form, RecordingWishes wishes, DateTimeOffset now)
    {
        var id = RecordingId.Create(Providers.Twilio, form.CallSid, form.RecordingSid, RecordingTypes.Provider);
        return form.Status switch
        {
            "in-progress" => new RecordingStarted
            {
                RecordingId = id,
                Provider = Providers.Twilio,
                CallId = form.CallSid,
                RecordingType = RecordingTypes.Provider,
                RecordingSource = RecordingSources.Twilio,
                ProviderRecordingId = form.RecordingSid,
                AssistantId = wishes.AssistantId,
                Channels = form.Channels,
                StartedAt = form.StartedAt ?? now,
                CreateDatabaseRecords = wishes.CreateDatabaseRecords,
            },
            "completed" => new ProviderRecordingReady
            {
                RecordingId = id,
                Provider = Providers.Twilio,
                CallId = form.CallSid,
                RecordingType = RecordingTypes.Provider,
                RecordingSource = RecordingSources.Twilio,
                ProviderRecordingId = form.RecordingSid,
                AssistantId = wishes.AssistantId,
                Channels = form.Channels,
                AccountId = form.AccountSid,
                DurationMs = form.DurationMs,
                Origin = form.Source,
                StartedAt = form.StartedAt,
                ReadyAt = now,
                CreateDatabaseRecords = wishes.CreateDatabaseRecords,
                AutoSave = wishes.AutoSave,
                Track = form.Track,
                Encrypted = form.Encrypted ? true : null,
            },
            "absent" => Failed(RecordingStatuses.Absent),
            "failed" => Failed(RecordingStatuses.Failed),
            _ => null,
        };

        RecordingFailed Failed(string status) => new()
        {
            RecordingId = id,
            Provider = Providers.Twilio,
            CallId = form.CallSid,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = form.RecordingSid,
            AssistantId = wishes.AssistantId,
            Status = status,
            Reason = form.ErrorCode switch
            {
                "16101" => "Twilio kept no recording: it was too short.",
                "16102" => "Twilio kept no recording: it was silent.",
                _ when status == RecordingStatuses.Absent => "Twilio has no recording.",
                _ => "Twilio could not make the recording.",
            },
            ErrorCode = form.ErrorCode,
            FailedAt = now,
            CreateDatabaseRecords = wishes.CreateDatabaseRecords,
        };
    }
}
