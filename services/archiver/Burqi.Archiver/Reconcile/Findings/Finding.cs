using System.Text.Json;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Reconcile.Findings;

/// <summary>A recording that never reached us, with the message that its provider's callback would have become.</summary>
internal sealed record Finding
{
    public required Guid RecordingId { get; init; }

    public required ListedRecording Listed { get; init; }

    /// <summary>One of <see cref="RecordingStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it matters that it was missing, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>A <see cref="ProviderRecordingReady"/> for a completed one, else a <see cref="RecordingFailed"/>; JSON.</summary>
    public required string Message { get; init; }

    /// <summary>The id under which ingress would have told of it.</summary>
    public static Guid IdOf(string provider, ListedRecording recording) =>
        Identity.RecordingId.Create(provider, recording.CallId, recording.ProviderRecordingId, RecordingTypes.Provider);

    /// <summary>The id under which ingress would have told of it, had the callback named its conference alone; the same id where there is none.</summary>
    public static Guid ConferenceIdOf(string provider, ListedRecording recording) =>
        Identity.RecordingId.Create(provider, recording.ConferenceId ?? recording.CallId, recording.ProviderRecordingId, RecordingTypes.Provider);

    public static Finding Of(string provider, ListedRecording recording, CallContext call, DateTimeOffset now)
    {
        var id = IdOf(provider, recording);
        if (recording.State == ListedState.Completed)
        {
            return new Finding
            {
                RecordingId = id,
                Listed = recording,
                Status = RecordingStatuses.Completed,
                Reason = WhyItMatters(recording, call),
                Message = JsonSerializer.Serialize(Ready(id, provider, recording, call, now), ReconcileJsonContext.Default.ProviderRecordingReady),
            };
        }

        var status = recording.State == ListedState.Absent ? RecordingStatuses.Absent : RecordingStatuses.Failed;
        var failed = Failed(id, provider, recording, call, status, now);
        return new Finding
        {
            RecordingId = id,
            Listed = recording,
            Status = status,
            Reason = $"{failed.Reason} Nobody had said so: the call would have looked as if its recording were still to come.",
            Message = JsonSerializer.Serialize(failed, ReconcileJsonContext.Default.RecordingFailed),
        };
    }

    private static string WhyItMatters(ListedRecording recording, CallContext call)
    {
        var what = recording.DurationMs is { } duration ? $"{duration / 1000} s of the call" : "the call";
        return call switch
        {
            { AutoSave: false } => $"The provider holds {what} and nobody had said so; the call's assistant wants it left there.",
            { HasOther: true } => $"The provider's own file with {what} had not been fetched: of the call there was only what Burqi captured itself.",
            _ => $"The provider alone held {what}, and nothing else of the call was archived: once deleted there, it would have been lost.",
        };
    }

    private static ProviderRecordingReady Ready(Guid id, string provider, ListedRecording recording, CallContext call, DateTimeOffset now) => new()
    {
        RecordingId = id,
        Provider = provider,
        CallId = recording.CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = provider, // a provider's recorder goes by the provider's name
        ProviderRecordingId = recording.ProviderRecordingId,
        AssistantId = call.AssistantId,
        Channels = recording.Channels,
        AccountId = recording.AccountId,
        DurationMs = recording.DurationMs,
        Origin = recording.Origin,
        StartedAt = recording.StartedAt,
        ReadyAt = now,
        CreateDatabaseRecords = call.CreateDatabaseRecords is false ? false : null,
        AutoSave = call.AutoSave is false ? false : null,
        Track = recording.Track,
        Encrypted = recording.Encrypted ? true : null,
    };

    private static RecordingFailed Failed(Guid id, string provider, ListedRecording recording, CallContext call, string status, DateTimeOffset now) => new()
    {
        RecordingId = id,
        Provider = provider,
        CallId = recording.CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = provider,
        ProviderRecordingId = recording.ProviderRecordingId,
        AssistantId = call.AssistantId,
        Status = status,
        Reason = recording.Reason ?? "The provider has no recording.",
        ErrorCode = recording.ErrorCode,
        FailedAt = now,
        CreateDatabaseRecords = call.CreateDatabaseRecords is false ? false : null,
    };
}
