using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Burqi.Archiver.ArchiveRecording;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>
/// Twilio's own recording, over its REST API. The address is made of the account's and the recording's ids on the configured host; the
/// RecordingUrl of the webhook, which anybody who can sign or leak one could point elsewhere, is never used.
/// </summary>
internal sealed partial class TwilioRecordingSource(RecordingDownload download, IOptions<TwilioSourceOptions> options) : IRecordingSource
{
    public const string SourceKind = "twilio";

    private const string Speaker = "Twilio";
    private const string ApiVersion = "2010-04-01";
    private const int MaxRedirects = 3;

    public string Kind => SourceKind;

    /// <summary>The description for a job.</summary>
    /// <exception cref="FormatException">An id is not one of Twilio's.</exception>
    public static string Describe(string accountSid, string? recordingSid)
    {
        if (!AccountSidPattern().IsMatch(accountSid))
        {
            throw new FormatException("the account is not a Twilio AccountSid");
        }

        if (recordingSid is null || !RecordingSidPattern().IsMatch(recordingSid))
        {
            throw new FormatException("the provider's recording id is not a Twilio RecordingSid");
        }

        return JsonSerializer.Serialize(new TwilioDetails(accountSid, recordingSid), TwilioJsonContext.Default.TwilioDetails);
    }

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var recording = RecordingUri(request);
        var authorization = Authorization();

        // Without the parameter a dual-channel recording may come mixed down; a recording of one channel answers it with 400.
        var response = await download.GetAsync(new Uri($"{recording}.wav?RequestedChannels=2"), authorization, MaxRedirects, cancellationToken);
        if (response.StatusCode == HttpStatusCode.BadRequest)
        {
            response.Dispose();
            response = await download.GetAsync(new Uri($"{recording}.wav"), authorization, MaxRedirects, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return await download.OpenBodyAsync(response, cancellationToken);
        }

        using (response)
        {
            throw response.StatusCode == HttpStatusCode.NotFound
                ? await MissingAsync(recording, request.TryingFor, authorization, cancellationToken)
                : download.Failure(response, Speaker);
        }
    }

    private string RecordingUri(SourceRequest request)
    {
        try
        {
            var details = JsonSerializer.Deserialize(request.Details, TwilioJsonContext.Default.TwilioDetails);
            _ = Describe(details?.AccountSid ?? "", details?.RecordingSid);

            var host = options.Value.ApiBaseUrl.TrimEnd('/');
            host = host.EndsWith($"/{ApiVersion}", StringComparison.Ordinal) ? host : $"{host}/{ApiVersion}";
            return $"{host}/Accounts/{details!.AccountSid}/Recordings/{details.RecordingSid}";
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TransferException(TransferFailure.Refused, $"The job does not name a Twilio recording: {exception.Message}.", exception);
        }
    }

    private AuthenticationHeaderValue Authorization()
    {
        var (user, password) = options.Value switch
        {
            { ApiKey.Length: > 0 } key => (key.ApiKey, key.ApiSecret),
            { AccountSid.Length: > 0, AuthToken.Length: > 0 } account => (account.AccountSid, account.AuthToken),
            _ => throw new TransferException(
                TransferFailure.SourceRefused, "There are no credentials for Twilio: set TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."),
        };
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>Right after it was announced a recording's audio may be missing for minutes; after that its metadata says why.</summary>
    private async Task<TransferException> MissingAsync(
        string recording, TimeSpan tryingFor, AuthenticationHeaderValue authorization, CancellationToken cancellationToken)
    {
        var notReady = new TransferException(TransferFailure.SourceNotReady, "Twilio does not have the audio yet (404).");
        if (tryingFor < options.Value.NotReadyGrace)
        {
            return notReady;
        }

        using var response = await download.GetAsync(new Uri($"{recording}.json"), authorization, MaxRedirects, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return new TransferException(TransferFailure.SourceGone, "Twilio does not know the recording (404 for its metadata as well).");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return download.Failure(response, Speaker);
        }

        var metadata = await ReadMetadataAsync(response, cancellationToken);
        return metadata switch
        {
            { Status: "absent" or "deleted" or "failed" } =>
                new TransferException(TransferFailure.SourceGone, $"Twilio has no audio: the recording is {metadata.Status}."),
            { MediaUrl: { } media } when IsElsewhere(media, recording) =>
                new TransferException(TransferFailure.SourceGone, "Twilio does not hold the audio: the account keeps its recordings in external storage."),
            _ => notReady,
        };
    }

    private async Task<TwilioRecordingMetadata?> ReadMetadataAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await download.OpenBodyAsync(response, cancellationToken);
        try
        {
            return await JsonSerializer.DeserializeAsync(content.Body, TwilioJsonContext.Default.TwilioRecordingMetadata, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "Twilio answered with metadata that is not JSON.", exception);
        }
    }

    /// <summary>Whether the audio lies outside Twilio; a regional name of Twilio's own is not outside.</summary>
    private static bool IsElsewhere(string mediaUrl, string recording) =>
        Uri.TryCreate(mediaUrl, UriKind.Absolute, out var media)
        && !string.Equals(media.Host, new Uri(recording).Host, StringComparison.OrdinalIgnoreCase)
        && !media.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\AAC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountSidPattern();

    [GeneratedRegex(@"\ARE[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecordingSidPattern();
}
