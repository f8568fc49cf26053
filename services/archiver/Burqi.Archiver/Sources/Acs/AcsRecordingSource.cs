using System.Net;
using Burqi.Acs;
using Burqi.Archiver.ArchiveRecording;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>
/// A recording in ACS's own storage, on a host that is ACS's and not the resource's. The access key signs only what goes to hosts on a list:
/// whatever address a message names, nobody else is shown a signature.
/// </summary>
internal sealed class AcsRecordingSource(
    RecordingDownload download, IOptions<AcsSourceOptions> options, IOptions<ArchiverOptions> archiver, TimeProvider clock) : IRecordingSource
{
    public const string SourceKind = "acs";

    private const string Speaker = "ACS";
    private const int MaxRedirects = 3;

    public string Kind => SourceKind;

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var asked = Request(AcsDetails.Parse(request.Details).Content) with { MaxRedirects = MaxRedirects };
        var response = await download.GetAsync(asked, cancellationToken);
        // All of it, whatever it is called: nobody asked for a part.
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
        {
            return await download.OpenBodyAsync(response, asked, cancellationToken);
        }

        using (response)
        {
            throw response.StatusCode == HttpStatusCode.NotFound ? Missing(request) : Failure(response);
        }
    }

    /// <summary>Deletes ACS's copy; one that is gone already is deleted.</summary>
    public async Task DeleteAsync(Uri deleteLocation, CancellationToken cancellationToken)
    {
        using var response = await download.DeleteAsync(Request(deleteLocation), cancellationToken);
        if (!response.IsSuccessStatusCode && response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Gone))
        {
            throw Failure(response);
        }
    }

    /// <summary>A request that is signed, once it is certain that it may be.</summary>
    private DownloadRequest Request(Uri location)
    {
        var connection = options.Value.Connection ?? throw new TransferException(
            TransferFailure.SourceRefused, "ACS_CONNECTION_STRING is not set: what ACS keeps cannot be fetched, and ACS deletes it after a day.");
        return options.Value.IsContentHost(location)
            ? new DownloadRequest(location)
            {
                Sign = message => AcsSignature.SignForStorage(message, connection, clock.GetUtcNow()),
                Redirects = (options.Value.IsContentHost, "a host of ACS's (BURQI_ACS_CONTENT_HOSTS)"),
                Speaker = Speaker,
            }
            : throw new TransferException(
                TransferFailure.SourceRefused, $"The recording is said to lie at '{location.IdnHost}', which is no host of ACS's (BURQI_ACS_CONTENT_HOSTS).");
    }

    private TransferException Failure(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.Unauthorized
        ? new TransferException(TransferFailure.SourceRefused, "ACS did not accept the access key of ACS_CONNECTION_STRING, or this machine's clock is wrong (401).")
        : download.Failure(response, Speaker);

    /// <summary>It is told of when it is ready, and may still be on its way to where it is served.</summary>
    private TransferException Missing(SourceRequest request) => request.TryingFor < archiver.Value.MissingFileGrace
        ? new(TransferFailure.SourceNotReady, $"{Speaker} does not have the file (404).")
        : new(TransferFailure.SourceGone, $"{Speaker} has not had the file (404) for {request.TryingFor.TotalMinutes:0} min: it keeps one for a day.");
}
