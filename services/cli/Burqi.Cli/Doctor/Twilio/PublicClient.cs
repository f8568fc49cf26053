using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using Burqi.Twilio;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Makes requests of the public host as Twilio makes them.</summary>
internal sealed class PublicClient(DoctorNetwork network, string baseUrl) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client = new(network.CreateHandler()) { Timeout = Timeout, MaxResponseContentBufferSize = 1024 * 1024 };

    /// <summary>Posts a form.</summary>
    public Task<PublicAnswer> PostAsync(string path, IReadOnlyDictionary<string, string> form, string signature, CancellationToken cancellationToken) =>
        SendAsync(path, new FormUrlEncodedContent(form), signature, cancellationToken);

    /// <summary>Posts what is no webhook, with a signature: Burqi looks at the kind of body before it looks at the signature, and at neither without one.</summary>
    public Task<PublicAnswer> PostTextAsync(string path, string signature, CancellationToken cancellationToken) =>
        SendAsync(path, new StringContent("-"), signature, cancellationToken);

    /// <summary>Asks for a socket, and closes one that is opened before anything is said over it.</summary>
    public Task<PublicAnswer> UpgradeAsync(string path, string? signature, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(baseUrl + path));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(Guid.CreateVersion7().ToByteArray()));
        return SendAsync(request, signature, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private Task<PublicAnswer> SendAsync(string path, HttpContent content, string signature, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(baseUrl + path)) { Content = content }, signature, cancellationToken);

    private async Task<PublicAnswer> SendAsync(HttpRequestMessage request, string? signature, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("burqi-doctor", "1"));
            if (signature is not null)
            {
                request.Headers.Add(TwilioSignature.HeaderName, signature);
            }

            try
            {
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if ((int)response.StatusCode == 101)
                {
                    await CloseAsync(response, cancellationToken);
                    return new PublicAnswer(101, null, null, response.Headers.Date);
                }

                var (isBurqi, detail) = await ReadAsync(response, cancellationToken);
                return new PublicAnswer((int)response.StatusCode, isBurqi ? detail : null, Told(response), response.Headers.Date) { IsBurqi = isBurqi };
            }
            catch (HttpRequestException exception)
            {
                return new PublicAnswer(0, null, exception.HttpRequestError == HttpRequestError.SecureConnectionError ? "no TLS came about" : "the connection broke", null);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new PublicAnswer(0, null, $"there was no answer within {Timeout.TotalSeconds:0} s", null);
            }
            catch (IOException)
            {
                return new PublicAnswer(0, null, "the connection broke", null);
            }
        }
    }

    /// <summary>Every refusal of Burqi's is a problem (RFC 9457) with a trace_id; a proxy's or another server's is not.</summary>
    private static async Task<(bool IsBurqi, string Detail)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return (false, "");
        }

        try
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var root = problem.RootElement;
            return (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("trace_id", out _), TwilioAnswer.Text(root, "detail") ?? TwilioAnswer.Text(root, "title") ?? "");
        }
        catch (JsonException)
        {
            return (false, "");
        }
    }

    private static string? Told(HttpResponseMessage response) =>
        response.Headers.Location is { } location ? location.ToString()
        : response.Headers.Server.Count > 0 ? response.Headers.Server.ToString()
        : null;

    private static async Task CloseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It was opened, which is what was to be seen.
        }
    }
}

/// <summary>What the public host answered.</summary>
/// <param name="Status">The status; 0 where there was no answer.</param>
/// <param name="Detail">What Burqi says in its refusal.</param>
/// <param name="Told">Where it leads for a redirect, else who says that they answered; the reason where there was no answer.</param>
/// <param name="Date">The server's clock.</param>
internal sealed record PublicAnswer(int Status, string? Detail, string? Told, DateTimeOffset? Date)
{
    /// <summary>Whether the answer is certainly one of Burqi's own refusals.</summary>
    public bool IsBurqi { get; init; }
}
