using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Which of Twilio's recordings is wanted.</summary>
/// <param name="AccountSid">The account that holds it, <c>AC</c> and 32 hexadecimal digits.</param>
/// <param name="RecordingSid">The recording, <c>RE</c> and 32 hexadecimal digits.</param>
internal sealed record TwilioDetails(string AccountSid, string RecordingSid)
{
    /// <summary>The description in a job.</summary>
    /// <exception cref="TransferException">It names no recording of Twilio's.</exception>
    public static TwilioDetails Parse(string json)
    {
        try
        {
            var details = JsonSerializer.Deserialize(json, TwilioJsonContext.Default.TwilioDetails);
            _ = TwilioRecordingSource.Describe(details?.AccountSid ?? "", details?.RecordingSid);
            return details!;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TransferException(TransferFailure.Refused, $"The job does not name a Twilio recording: {exception.Message}.", exception);
        }
    }
}
