using System.Net;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources.StoredChannel;
using Burqi.Archiver.Stores;
using Burqi.Assistants;
using Burqi.Contracts;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Twilio's own recordings: an announcement as a job, what follows when it is done, and the end of Twilio's copy.</summary>
internal sealed class TwilioProviderSource(
    RecordingDownload download,
    TwilioMetadata metadata,
    TwilioSignIn signIn,
    AssistantDirectory assistants,
    IOptions<TwilioSourceOptions> options) : IProviderSource
{
    // What is asked of Twilio: the recording as it was made, not its MP3.
    private const string FileFormat = "wav";

    public string Provider => Providers.Twilio;

    public NewJob Describe(NewJob job, ProviderRecordingReady announcement) => job with
    {
        Format = FileFormat,
        SourceKind = TwilioRecordingSource.SourceKind,
        Refusal = announcement.Encrypted is true ? TwilioRecordingSource.Encrypted : null,
        SourceDetails = TwilioRecordingSource.Describe(announcement.AccountId, announcement.ProviderRecordingId),
        ObjectKey = ObjectKey.ForProviderFile(
            announcement.CallId, announcement.ProviderRecordingId ?? "", FileFormat, announcement.StartedAt ?? announcement.ReadyAt),
    };

    public IReadOnlyList<NewJob> After(ArchiveJob job, TransferResult result)
    {
        if (job.SourceKind != TwilioRecordingSource.SourceKind)
        {
            return [];
        }

        var assistant = assistants.Find(job.AssistantId);
        return [.. Splits(job, result, assistant), .. Deletion(job, result, assistant)];
    }

    public async Task DeleteAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        var details = TwilioDetails.Parse(job.SourceDetails);
        var recording = options.Value.AddressOf(details);
        var credentials = signIn.ForDeletion(job.AssistantId, details.AccountSid);
        using var response = await download.DeleteAsync(new Uri($"{recording}.json"), credentials.Authorization(), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            return;
        }

        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            // Of what another account has Twilio says the same as of what is gone.
            if (credentials.IsOf(details.AccountSid) || await metadata.FindAsync(recording, credentials, cancellationToken) is { Status: "deleted" })
            {
                return;
            }

            throw new TransferException(
                TransferFailure.Refused,
                $"Twilio did not find the recording (404), but {credentials.SignsInWith} are not of its account, and nothing says that it is deleted: its copy stays.");
        }

        // Nobody changes what a key may do by waiting, and each further try is one more that Twilio counts against the account.
        throw response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? new TransferException(
                TransferFailure.Refused, $"Twilio did not let {credentials.SignsInWith} delete the recording ({(int)response.StatusCode}): its copy stays.")
            : download.Failure(response, "Twilio");
    }

    /// <summary>One recording for each side, where the file has two channels and it is known who is in them.</summary>
    private IEnumerable<NewJob> Splits(ArchiveJob job, TransferResult result, AssistantSaved? assistant)
    {
        var roles = options.Value.ChannelMap.RolesOf(job.Origin);
        // Samples that could not be measured cannot be taken apart.
        return result.Channels != roles.Count || result.Peak is null
            ? []
            : roles
                .Select((role, index) => (Role: role, Channel: index + 1))
                .Where(side => assistant is null || (side.Role == RecordingTypes.User ? assistant.RecordUserAudio : assistant.RecordAssistantAudio))
                .Select(side => StoredChannelSource.Split(job, result, side.Channel, side.Role));
    }

    /// <summary>
    /// The end of Twilio's copy, where the assistant wants it. One that this process was not told of yet is asked when the job is run, as every one is.
    /// </summary>
    private IEnumerable<NewJob> Deletion(ArchiveJob job, TransferResult result, AssistantSaved? assistant)
    {
        var isUncertain = job.AssistantId is { } id && !assistants.WasTold(id);
        if ((isUncertain ? 0 : assistant?.DeleteAtProviderAfterDays) is not { } days)
        {
            yield break;
        }

        yield return new NewJob
        {
            RecordingId = job.RecordingId,
            Step = JobSteps.DeleteAtProvider,
            DueIn = TimeSpan.FromDays(days),
            Provider = job.Provider,
            CallId = job.CallId,
            RecordingType = job.RecordingType,
            RecordingSource = job.RecordingSource,
            ProviderRecordingId = job.ProviderRecordingId,
            AssistantId = job.AssistantId,
            SourceKind = job.SourceKind,
            SourceDetails = job.SourceDetails,
            ObjectKey = ObjectKey.Parse(job.ObjectKey!),
            ExpectedSize = result.FileSize,
            ExpectedSha256 = result.Sha256,
            Store = result.Store,
            Traceparent = job.Traceparent,
            CreateDatabaseRecords = job.CreateDatabaseRecords,
        };
    }
}
