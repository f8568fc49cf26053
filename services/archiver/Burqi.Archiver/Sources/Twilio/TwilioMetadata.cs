using System.Net;
using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Twilio;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Asks Twilio what it knows of a recording.</summary>
internal sealed class TwilioMetadata(RecordingDownload download)
{
    private const string Speaker = "Twilio";
    private const int MaxRedirects = 3;
    private const int LargestMetadata = 64 * 1024; // ten times what Twilio sends

    /// <summary>What Twilio knows of the recording, also of one that was deleted within 40 days; null where it knows nothing, or shows nothing to these credentials.</summary>
    public async Task<TwilioRecordingMetadata?> FindAsync(string recording, TwilioCredentialSet credentials, CancellationToken cancellationToken)
    {
        using var response = await download.GetAsync(new Uri($"{recording}.json?IncludeSoftDeleted=true"), credentials.Authorization(), MaxRedirects, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Failure(response, credentials);
        }

        await using var content = await download.OpenBodyAsync(response, cancellationToken);
        var json = new byte[LargestMetadata];
        var length = await content.Body.ReadAtLeastAsync(json, json.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(json.AsSpan(0, length), TwilioJsonContext.Default.TwilioRecordingMetadata)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "Twilio answered with metadata that is not JSON.", exception);
        }
    }

    /// <summary>What an answer of Twilio's means that is not the one hoped for.</summary>
    public TransferException Failure(HttpResponseMessage response, TwilioCredentialSet credentials) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new(TransferFailure.SourceRefused, $"Twilio did not accept {credentials.SignsInWith} (401)."),
        _ => download.Failure(response, Speaker),
    };
}
