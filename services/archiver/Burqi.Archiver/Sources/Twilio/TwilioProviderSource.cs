using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Turns an announcement of Twilio's own recording into a job.</summary>
internal sealed class TwilioProviderSource : IProviderSource
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
}
