using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Twilio;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>
/// Twilio's own recording, over its REST API. The address is made of the account's and the recording's ids on the configured host; the
/// RecordingUrl of the webhook, which anybody who can sign or leak one could point elsewhere, is never used.
/// </summary>
internal sealed partial class TwilioRecordingSource(
    RecordingDownload download, TwilioMetadata metadataOf, TwilioSignIn signIn, IOptions<TwilioSourceOptions> options) : IRecordingSource
{
    public const string SourceKind = "twilio";

    /// <summary>Why an encrypted recording is not fetched.</summary>
    public const string Encrypted = "Twilio holds the recording encrypted with a key of the account's own: Burqi cannot read it.";

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
        var details = TwilioDetails.Parse(request.Details);
        var recording = options.Value.AddressOf(details);
        var credentials = signIn.For(request.AssistantId, details.AccountSid);

        // Without the parameter a dual-channel recording may come mixed down; a recording of one channel answers it with 400.
        var asked = new DownloadRequest(new Uri($"{recording}.wav?RequestedChannels=2"))
        {
            Authorization = credentials.Authorization(),
            MaxRedirects = MaxRedirects,
            Speaker = "Twilio",
        };
        var response = await download.GetAsync(asked, cancellationToken);
        var hasOneChannel = response.StatusCode == HttpStatusCode.BadRequest;
        if (hasOneChannel)
        {
            response.Dispose();
            asked = asked with { Uri = new Uri($"{recording}.wav") };
            response = await download.GetAsync(asked, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            var content = await download.OpenBodyAsync(response, asked, cancellationToken);
            var announced = new Told(request.DurationMs, hasOneChannel ? 1 : request.Channels);
            content.Objection = (measured, token) => ObjectAsync(recording, announced, measured, credentials, token);
            return content;
        }

        using (response)
        {
            throw response.StatusCode == HttpStatusCode.NotFound
                ? await MissingAsync(recording, request, download.RetryAfter(response), credentials, cancellationToken)
                : metadataOf.Failure(response, credentials);
        }
    }

    /// <summary>Right after it was announced a recording's audio may be missing for minutes; after that its metadata says why.</summary>
    private async Task<TransferException> MissingAsync(
        string recording, SourceRequest request, TimeSpan? retryAfter, TwilioCredentialSet credentials, CancellationToken cancellationToken)
    {
        var notReady = new TransferException(TransferFailure.SourceNotReady, "Twilio does not have the audio yet (404).") { RetryAfter = retryAfter };
        if (request.TryingFor < options.Value.NotReadyGrace || signIn.MayChange(request.AssistantId))
        {
            return notReady;
        }

        return await metadataOf.FindAsync(recording, credentials, cancellationToken) is { } metadata
            ? Ruin(metadata, recording) ?? notReady
            : new TransferException(TransferFailure.SourceGone, "Twilio does not know the recording (404 for its metadata as well).");
    }

    /// <summary>
    /// Holds what came against what was announced and, where the two differ, against the metadata: the announcement may be old or wrong, and
    /// what Twilio says now, of the same file, decides. An error page, a body cut short or a mix of two channels is thus never taken.
    /// </summary>
    private async Task<TransferException?> ObjectAsync(
        string recording, Told announced, MeasuredAudio? measured, TwilioCredentialSet credentials, CancellationToken cancellationToken)
    {
        var complaint = measured is null ? null : Complaint(announced, measured);
        if (measured is not null && complaint is null)
        {
            return null;
        }

        var objection = complaint is null ? null : new TransferException(TransferFailure.ContentMismatch, complaint);
        try
        {
            return await metadataOf.FindAsync(recording, credentials, cancellationToken) switch
            {
                null => objection,
                { } metadata when Ruin(metadata, recording) is { } ruin => ruin,
                { Status: "completed" } metadata when measured is not null
                    && Complaint(new Told(metadata.DurationMs ?? announced.DurationMs, announced.Channels is 1 ? 1 : metadata.Channels), measured) is null => null,
                _ => objection,
            };
        }
        catch (TransferException exception)
        {
            return objection is null ? null : new TransferException(objection.Failure, objection.Message, exception) { RetryAfter = exception.RetryAfter };
        }
    }

    /// <summary>What is wrong with audio of which Twilio told this; null for nothing. More channels than were told of are no loss.</summary>
    private string? Complaint(Told told, MeasuredAudio measured) => (told, measured) switch
    {
        ({ DurationMs: not 0 }, { DurationMs: 0 }) => "What Twilio sent holds no audio.",
        ({ DurationMs: { } duration }, _) when Math.Abs(duration - measured.DurationMs) > options.Value.DurationTolerance.TotalMilliseconds =>
            $"What Twilio sent is {measured.DurationMs} ms long, announced were {duration} ms.",
        ({ Channels: { } channels }, _) when measured.Channels < channels =>
            $"What Twilio sent has {measured.Channels} channel, announced were {channels}.",
        _ => null,
    };

    /// <summary>Why there is nothing to wait for; null while there is.</summary>
    private static TransferException? Ruin(TwilioRecordingMetadata metadata, string recording) => metadata switch
    {
        { Status: "absent" or "deleted" or "failed" } =>
            new TransferException(TransferFailure.SourceGone, $"Twilio has no audio: the recording is {metadata.Status}."),
        { EncryptionDetails: not null } => new TransferException(TransferFailure.Refused, Encrypted),
        { MediaUrl: { } media } when IsElsewhere(media, recording) =>
            new TransferException(TransferFailure.SourceGone, "Twilio does not hold the audio: the account keeps its recordings in external storage."),
        _ => null,
    };

    /// <summary>Whether the audio lies outside Twilio; a regional name of Twilio's own is not outside.</summary>
    private static bool IsElsewhere(string mediaUrl, string recording) =>
        Uri.TryCreate(mediaUrl, UriKind.Absolute, out var media)
        && !string.Equals(media.Host, new Uri(recording).Host, StringComparison.OrdinalIgnoreCase)
        && !media.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>What Twilio told of a recording.</summary>
    private sealed record Told(long? DurationMs, int? Channels);

    [GeneratedRegex(@"\AAC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountSidPattern();

    [GeneratedRegex(@"\ARE[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecordingSidPattern();
}
