using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Identity;

namespace Burqi.Archiver.Sources.StoredChannel;

/// <summary>
/// One channel of a recording that lies in our store already, as a recording of its own: whoever is heard in it has a file to themselves.
/// </summary>
internal sealed class StoredChannelSource(RecordingStores stores) : IRecordingSource
{
    public const string SourceKind = "stored_channel";

    private const string FileFormat = "wav";
    private const int LongestHeader = 64 * 1024;

    public string Kind => SourceKind;

    /// <summary>The job that makes <paramref name="recordingType"/> of a channel of what <paramref name="job"/> has just stored.</summary>
    public static NewJob Split(ArchiveJob job, TransferResult result, int channel, string recordingType)
    {
        var key = ObjectKey.Parse(job.ObjectKey!);
        return new NewJob
        {
            RecordingId = RecordingId.Create(job.Provider, job.CallId, job.ProviderRecordingId ?? job.RecordingId.ToString(), recordingType),
            Step = JobSteps.Split,
            Provider = job.Provider,
            CallId = job.CallId,
            RecordingType = recordingType,
            RecordingSource = job.RecordingSource,
            ProviderRecordingId = job.ProviderRecordingId,
            StreamId = job.StreamId,
            AssistantId = job.AssistantId,
            Format = FileFormat,
            SampleRate = result.SampleRate,
            Channels = 1,
            DurationMs = result.DurationMs,
            StartedAt = job.StartedAt,
            EndedAt = job.EndedAt,
            Origin = job.Origin,
            SplitFrom = job.RecordingId,
            SplitChannel = channel,
            SourceKind = SourceKind,
            SourceDetails = JsonSerializer.Serialize(
                new StoredChannelDetails(key.Value, result.FileSize, result.Sha256, channel, result.Store), SourceJsonContext.Default.StoredChannelDetails),
            ObjectKey = key.ForChannel(recordingType, FileFormat),
            Traceparent = job.Traceparent,
            CreateDatabaseRecords = job.CreateDatabaseRecords,
        };
    }

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var details = Parse(request);
        var stored = await OpenAsync(details, cancellationToken);
        try
        {
            var stream = new ChannelStream(stored, details);
            await stream.BeginAsync(LongestHeader, cancellationToken);
            return new SourceContent(stream, stream.MonoSize, stream);
        }
        catch
        {
            await stored.DisposeAsync();
            throw;
        }
    }

    private static StoredChannelDetails Parse(SourceRequest request)
    {
        try
        {
            return JsonSerializer.Deserialize(request.Details, SourceJsonContext.Default.StoredChannelDetails) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new TransferException(TransferFailure.Refused, "The job does not name a channel of a stored recording.", exception);
        }
    }

    private async Task<Stream> OpenAsync(StoredChannelDetails details, CancellationToken cancellationToken)
    {
        ObjectKey key;
        try
        {
            key = ObjectKey.Parse(details.ObjectKey);
        }
        catch (FormatException exception)
        {
            throw new TransferException(TransferFailure.Refused, "The job does not name a stored recording.", exception);
        }

        return (await StoredObject.AskAsync(() => stores.OpenReadAsync(details.Store, key, cancellationToken), cancellationToken))?.Body
            ?? throw new TransferException(TransferFailure.StoreUnavailable, "The store does not have the recording that is to be split.");
    }
}
