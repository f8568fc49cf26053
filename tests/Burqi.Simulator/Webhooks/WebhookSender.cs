using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Burqi.Simulator.Webhooks;

/// <summary>A webhook to send.</summary>
internal sealed record Webhook(
    string Kind, string Event, string Url, string Method, IReadOnlyList<KeyValuePair<string, string>> Parameters, bool BadlySigned = false);

/// <summary>
/// Sends webhooks as Twilio does: signed, with an idempotency token that stays the same on every retry, retried as the URL's fragment asks
/// (once, and only when no connection came about, where it is silent).
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>The largest TwiML document Twilio takes (error 11750 beyond).</summary>
    public const int LargestDocument = 64 * 1024;

    private static readonly HttpRequestOptionsKey<AttemptTimer> TimerKey = new("attempt-timer");

    private readonly TwilioSimulatorOptions options;
    private readonly PublicRoutes routes;
    private readonly HttpMessageInvoker http;

    public WebhookSender(TwilioSimulatorOptions options, PublicRoutes routes)
    {
        this.options = options;
        this.routes = routes;
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // Twilio follows 301 and 302 with GET and without the form; so does this handler.
            AllowAutoRedirect = true,
            MaxAutomaticRedirections = 10,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            SslOptions = options.CreateTls(),
            // A new connection each: a kept one that died with a restarted service would pass a failure to connect off as one to read.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxConnectionsPerServer = int.MaxValue,
        });
    }

    public void Dispose() => http.Dispose();

    /// <summary>Sends <paramref name="webhook"/> until it is answered well or its attempts are used up. Never throws for a failed delivery.</summary>
    public async Task<WebhookExchange> SendAsync(Webhook webhook, string? idempotencyToken, CancellationToken cancellationToken)
    {
        var overrides = ConnectionOverrides.Parse(webhook.Url);
        var url = TwilioSigner.WithoutFragment(webhook.Url);
        var get = webhook.Method == "GET";
        if (get)
        {
            url = AppendQuery(url, webhook.Parameters);
        }

        var signature = get
            ? TwilioSigner.SignUrl(options.AuthToken, url)
            : TwilioSigner.SignForm(options.AuthToken, url, webhook.Parameters);
        var exchange = new WebhookExchange
        {
            Kind = webhook.Kind,
            Event = webhook.Event,
            Url = webhook.Url,
            Method = webhook.Method,
            Parameters = webhook.Parameters,
            Signature = webhook.BadlySigned ? Spoil(signature) : signature,
            IdempotencyToken = idempotencyToken ?? Guid.NewGuid().ToString(),
        };

        var attempts = new List<WebhookAttempt>();
        WebhookAnswer? answer = null;
        var started = options.TimeProvider.GetTimestamp();
        for (var attempt = 0; attempt <= overrides.RetryCount; attempt++)
        {
            if (attempt > 0)
            {
                var pause = options.RetryPause * Math.Pow(2, attempt - 1);
                if (options.TimeProvider.GetElapsedTime(started) + pause >= overrides.TotalTimeout)
                {
                    break;
                }

                await Task.Delay(pause, options.TimeProvider, cancellationToken);
            }

            var left = overrides.TotalTimeout - options.TimeProvider.GetElapsedTime(started);
            (var made, answer) = await AttemptAsync(exchange, url, overrides, left, cancellationToken);
            attempts.Add(made);
            if (!overrides.Retries(made.Failure))
            {
                break;
            }
        }

        return exchange with { Attempts = attempts, Answer = answer };
    }

    private async Task<(WebhookAttempt Attempt, WebhookAnswer? Answer)> AttemptAsync(
        WebhookExchange exchange, string url, ConnectionOverrides overrides, TimeSpan left, CancellationToken cancellationToken)
    {
        var sentAt = options.TimeProvider.GetUtcNow();
        var started = options.TimeProvider.GetTimestamp();
        WebhookAttempt Ended(int? statusCode, WebhookFailure failure, string? detail) =>
            new(sentAt, options.TimeProvider.GetElapsedTime(started), statusCode, failure, detail);

        using var timer = new AttemptTimer(overrides, left, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var request = CreateRequest(exchange, url, timer, credentials: null);
            var response = await http.SendAsync(request, linked.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized && UserInfo(url) is { } credentials)
            {
                // The credentials of a URL are part of what is signed, and sent only when the server asks for them.
                response.Dispose();
                using var again = CreateRequest(exchange, url, timer, credentials);
                response = await http.SendAsync(again, linked.Token);
            }

            using (response)
            {
                var answer = await ReadAsync(response, linked.Token);
                return ((int)response.StatusCode switch
                {
                    >= 500 => Ended(answer.StatusCode, WebhookFailure.ServerError, $"answered {answer.StatusCode}"),
                    >= 400 => Ended(answer.StatusCode, WebhookFailure.ClientError, $"answered {answer.StatusCode}"),
                    _ => Ended(answer.StatusCode, WebhookFailure.None, null),
                }, answer);
            }
        }
        catch (OperationCanceledException) when (timer.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (Ended(null, WebhookFailure.Read, "no answer in time"), null);
        }
        catch (HttpRequestException failure) when (failure.InnerException is SocketException or ConnectTimeoutException
            || failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return (Ended(null, WebhookFailure.Connect, failure.Message), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (Ended(null, WebhookFailure.Read, failure.Message), null);
        }
    }

    private HttpRequestMessage CreateRequest(WebhookExchange exchange, string url, AttemptTimer timer, string? credentials)
    {
        var destination = routes.Resolve(WithoutUserInfo(url));
        var request = new HttpRequestMessage(new HttpMethod(exchange.Method), destination.Address);
        request.Options.Set(TimerKey, timer);
        request.Headers.Host = destination.PublicAuthority;
        if (destination.PublicAuthority is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", destination.PublicScheme);
            request.Headers.Add("X-Forwarded-Host", destination.PublicAuthority);
        }

        request.Headers.Add("User-Agent", "TwilioProxy/1.1");
        request.Headers.Add("Accept", "*/*");
        request.Headers.Add("X-Home-Region", "us1");
        request.Headers.Add("X-Twilio-Signature", exchange.Signature);
        request.Headers.Add("I-Twilio-Idempotency-Token", exchange.IdempotencyToken);
        if (credentials is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }

        if (exchange.Method == "POST")
        {
            request.Content = new FormUrlEncodedContent(exchange.Parameters);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=UTF-8");
        }

        return request;
    }

    private static async Task<WebhookAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while (kept.Length <= LargestDocument && (read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            kept.Write(buffer, 0, Math.Min(read, LargestDocument + 1 - (int)kept.Length));
        }

        return new WebhookAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", kept.ToArray());
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(TimerKey, out var timer))
        {
            throw new InvalidOperationException("A request has no timer.");
        }

        using var limit = new CancellationTokenSource(timer.ConnectTimeout);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, linked.Token);
            timer.Connected();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            socket.Dispose();
            throw new ConnectTimeoutException($"no connection within {timer.ConnectTimeout.TotalMilliseconds:0} ms");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string AppendQuery(string url, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var query = new StringBuilder(url);
        var separator = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            query.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return query.ToString();
    }

    private static string? UserInfo(string url)
    {
        var (start, at) = UserInfoRange(url);
        return at < 0 ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url[start..at])));
    }

    private static string WithoutUserInfo(string url)
    {
        var (start, at) = UserInfoRange(url);
        return at < 0 ? url : string.Concat(url.AsSpan(0, start), url.AsSpan(at + 1));
    }

    private static (int Start, int At) UserInfoRange(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?');
        var authority = end < 0 ? url.AsSpan(start) : url.AsSpan(start, end);
        var at = authority.LastIndexOf('@');
        return (start, at < 0 ? -1 : start + at);
    }

    private static string Spoil(string signature) => (signature[0] == 'A' ? 'B' : 'A') + signature[1..];

    /// <summary>An attempt's limits: one to connect, and from then on one to be answered, both within what is left of the whole.</summary>
    private sealed class AttemptTimer : IDisposable
    {
        private readonly CancellationTokenSource source;
        private readonly TimeProvider time;
        private readonly ConnectionOverrides overrides;
        private readonly TimeSpan left;
        private readonly long started;

        public AttemptTimer(ConnectionOverrides overrides, TimeSpan left, TimeProvider time)
        {
            this.overrides = overrides;
            this.left = left;
            this.time = time;
            started = time.GetTimestamp();
            source = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        }

        public TimeSpan ConnectTimeout => overrides.ConnectTimeout;

        public CancellationToken Token => source.Token;

        public void Connected()
        {
            var remaining = left - time.GetElapsedTime(started);
            var limit = remaining < overrides.ReadTimeout ? remaining : overrides.ReadTimeout;
            source.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        }

        public void Dispose() => source.Dispose();
    }

    private sealed class ConnectTimeoutException(string message) : IOException(message);
}
