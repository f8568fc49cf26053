using System.Net;
using System.Net.Http.Headers;
using Burqi.Archiver.ArchiveRecording;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Burqi.Archiver.Sources;

/// <summary>One request for a source: redirects under our rules, faults as <see cref="TransferException"/>, a body that cannot stall.</summary>
internal sealed class RecordingDownload(IHttpClientFactory clients, IOptions<DownloadOptions> options, TimeProvider clock)
{
    /// <summary>The named client that all sources use.</summary>
    public const string ClientName = "archiver-download";

    /// <summary>Answers the response, whatever its status but a redirect; its headers are here, its body is not read yet.</summary>
    /// <param name="uri">What to get.</param>
    /// <param name="authorization">Sent to the host of <paramref name="uri"/>, never to another.</param>
    /// <param name="maxRedirects">How many redirects are followed; only to https.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    public async Task<HttpResponseMessage> GetAsync(
        Uri uri, AuthenticationHeaderValue? authorization, int maxRedirects, CancellationToken cancellationToken)
    {
        var target = uri;
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(HttpMethod.Get, target, IsSameHost(target, uri) ? authorization : null, cancellationToken);
            if (!IsRedirect(response))
            {
                return response;
            }

            using (response)
            {
                if (redirects == maxRedirects)
                {
                    throw new TransferException(TransferFailure.SourceUnavailable, $"The source redirected more than {maxRedirects} times.");
                }

                var location = response.Headers.Location;
                if (location is null || !Uri.TryCreate(target, location, out var next) || next.Scheme != Uri.UriSchemeHttps)
                {
                    throw new TransferException(TransferFailure.SourceUnavailable, "The source redirected to something other than an https address.");
                }

                target = next;
            }
        }
    }

    /// <summary>Deletes what lies there; answers the response, whatever its status. No redirect is followed.</summary>
    public Task<HttpResponseMessage> DeleteAsync(Uri uri, AuthenticationHeaderValue authorization, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, uri, authorization, cancellationToken);

    /// <summary>The recording in a successful response, which it takes over.</summary>
    public async Task<SourceContent> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return new SourceContent(
            new IdleTimeoutStream(body, options.Value.BodyIdleTimeout, clock), response.Content.Headers.ContentLength, response);
    }

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

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Authorization = authorization;
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
}
