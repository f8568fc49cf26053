using System.Net;
using System.Net.Http.Headers;
using Burqi.Archiver.ArchiveRecording;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Burqi.Archiver.Sources;

/// <summary>What is asked of a source over HTTP: redirects under our rules, faults as <see cref="TransferException"/>, a body that cannot stall.</summary>
internal sealed partial class RecordingDownload(
    IHttpClientFactory clients, IOptions<DownloadOptions> options, TimeProvider clock, ILogger<RecordingDownload> logger)
{
    /// <summary>The named client that all sources use.</summary>
    public const string ClientName = "archiver-download";

    /// <summary>Answers the response, whatever its status but a redirect; its headers are here, its body is not read yet.</summary>
    /// <param name="uri">What to get.</param>
    /// <param name="authorization">Sent to the host of <paramref name="uri"/>, never to another.</param>
    /// <param name="maxRedirects">How many redirects are followed; only to https.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    public Task<HttpResponseMessage> GetAsync(
        Uri uri, AuthenticationHeaderValue? authorization, int maxRedirects, CancellationToken cancellationToken) =>
        GetAsync(new DownloadRequest(uri) { Authorization = authorization, MaxRedirects = maxRedirects }, cancellationToken);

    /// <inheritdoc cref="GetAsync(Uri, AuthenticationHeaderValue?, int, CancellationToken)"/>
    public Task<HttpResponseMessage> GetAsync(DownloadRequest request, CancellationToken cancellationToken) =>
        GetAsync(request, rest: null, cancellationToken);

    /// <summary>Deletes what lies there; answers the response, whatever its status. No redirect is followed.</summary>
    public Task<HttpResponseMessage> DeleteAsync(Uri uri, AuthenticationHeaderValue authorization, CancellationToken cancellationToken) =>
        DeleteAsync(new DownloadRequest(uri) { Authorization = authorization }, cancellationToken);

    /// <inheritdoc cref="DeleteAsync(Uri, AuthenticationHeaderValue, CancellationToken)"/>
    public Task<HttpResponseMessage> DeleteAsync(DownloadRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, request.Uri, request, rest: null, cancellationToken);

    /// <summary>
    /// The recording in a successful response to <paramref name="request"/>, which it takes over. Where the source tells one version of a file
    /// from another, content that breaks off, stalls or is reset goes on from the byte it stopped at, within the same attempt.
    /// </summary>
    /// <exception cref="TransferException">The response contradicts itself.</exception>
    public async Task<SourceContent> OpenBodyAsync(HttpResponseMessage response, DownloadRequest request, CancellationToken cancellationToken)
    {
        SourceVersion version;
        Stream body;
        try
        {
            version = SourceVersion.Of(response);
            body = await OpenPartAsync(response, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        return Resuming(
            body, version.Size, version.Condition is null ? null : (offset, token) => ContinueAsync(request, version, offset, token));
    }

    /// <summary>Content that goes on where it broke off, by whatever means its source has for that.</summary>
    public SourceContent Resuming(Stream body, long? size, Func<long, CancellationToken, Task<Stream?>>? continueAt)
    {
        var stream = new ResumingStream(
            body,
            size,
            continueAt,
            new ResumePatience(options.Value.Resumes, options.Value.RetryDelay),
            (offset, trouble) => Log.GoesOn(logger, offset, size, trouble.Message),
            clock);
        return new SourceContent(stream, size, stream);
    }

    /// <summary>A body that may not stand still.</summary>
    public Stream Watched(Stream body, IDisposable? owner = null) => new IdleTimeoutStream(body, options.Value.BodyIdleTimeout, clock, owner);

    /// <summary>The body of a successful response, which it takes over. It is not continued.</summary>
    public async Task<SourceContent> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(await OpenPartAsync(response, cancellationToken), response.Content.Headers.ContentLength, response);

    /// <summary>How long an answer asks to be left alone; null where it does not.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage response) => DownloadPipelines.RetryAfter(response, clock);

    /// <summary>What an unsuccessful answer means where the source gives it no meaning of its own.</summary>
    public TransferException Failure(HttpResponseMessage response, string source)
    {
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(TransferFailure.SourceRefused, $"{source} refused access ({status})."),
            HttpStatusCode.Gone => new(TransferFailure.SourceGone, $"{source} says that the recording is gone ({status})."),
            _ => new(TransferFailure.SourceUnavailable, $"{source} answered {status}.") { RetryAfter = RetryAfter(response) },
        };
    }

    /// <summary>The rest of what was being read; null where the source begins at the first byte again.</summary>
    private async Task<Stream?> ContinueAsync(DownloadRequest request, SourceVersion version, long offset, CancellationToken cancellationToken)
    {
        var response = await GetAsync(request, (version, offset), cancellationToken);
        try
        {
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK when version.IsAgain(response):
                    response.Dispose();
                    return null;
                case HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable:
                    version.Check(response, offset);
                    return await OpenPartAsync(response, cancellationToken);
                default:
                    // Whatever it means for the recording, the next attempt is told it at its beginning.
                    throw new TransferException(
                        TransferFailure.SourceUnavailable, $"{request.Speaker} broke off in the middle and then answered {(int)response.StatusCode}.")
                    {
                        RetryAfter = RetryAfter(response),
                    };
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<Stream> OpenPartAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        Watched(await response.Content.ReadAsStreamAsync(cancellationToken), response);

    private async Task<HttpResponseMessage> GetAsync(
        DownloadRequest request, (SourceVersion Version, long Offset)? rest, CancellationToken cancellationToken)
    {
        var target = request.Uri;
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(HttpMethod.Get, target, request, rest, cancellationToken);
            if (!IsRedirect(response))
            {
                return response;
            }

            using (response)
            {
                if (redirects == request.MaxRedirects)
                {
                    throw new TransferException(
                        TransferFailure.SourceUnavailable,
                        redirects == 0 ? $"{request.Speaker} redirected to another address, and is not followed." : $"{request.Speaker} redirected more than {redirects} times.");
                }

                var location = response.Headers.Location;
                if (location is null || !Uri.TryCreate(target, location, out var next) || !request.Redirects.Allows(next))
                {
                    throw new TransferException(
                        TransferFailure.SourceUnavailable, $"{request.Speaker} redirected to something other than {request.Redirects.Description}, and is not followed.");
                }

                target = next;
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri uri, DownloadRequest asked, (SourceVersion Version, long Offset)? rest, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Authorization = IsSameHost(uri, asked.Uri) ? asked.Authorization : null;
        if (uri == asked.Uri)
        {
            asked.Sign?.Invoke(request);
        }

        if (rest is var (version, offset))
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
            request.Headers.IfRange = version.Condition;
        }

        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, $"The source could not be reached ({exception.HttpRequestError}).", exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "The source has failed too often lately and is left alone for a while.", exception)
            {
                RetryAfter = exception.RetryAfter,
            };
        }
        catch (Exception exception) when (exception is TimeoutRejectedException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "The source did not answer in time.", exception);
        }
    }

    private static bool IsSameHost(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static partial class Log
    {
        [LoggerMessage(4230, LogLevel.Information, "A recording goes on at byte {Offset} of {Size}. {Reason}")]
        public static partial void GoesOn(ILogger logger, long offset, long? size, string reason);
    }
}
