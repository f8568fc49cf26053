using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Burqi.Cli.Api;

/// <summary>A running Burqi, over its HTTP API. Whatever goes wrong is thrown as an <see cref="ApiException"/> that says it in plain words.</summary>
internal sealed class BurqiApi : IDisposable
{
    private const int LargestAnswer = 32 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;

    /// <summary>A client for the Burqi at <paramref name="url"/>, which may have a path.</summary>
    public BurqiApi(Uri url, string key)
    {
        Url = url;
        // No redirect is followed: it would carry the key to wherever it points.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Where it is.</summary>
    public Uri Url { get; }

    /// <summary>Reads what lies at a path such as <c>/usage?from=2026-01-01</c>.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative(path));
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    /// <summary>Posts a body and reads the answer.</summary>
    public async Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Relative(path)) { Content = JsonContent.Create(body, bodyType) };
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    /// <summary>Posts to a path that says all, and reads the answer.</summary>
    public async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Relative(path));
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    /// <summary>Deletes what lies at a path.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Relative(path));
        using var response = await SendAsync(request, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private static Uri Relative(string path) => new(path.TrimStart('/'), UriKind.Relative);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ApiException($"Burqi cannot be reached at {Url}: {Reason(exception)}. Is it running, and is --url (BURQI_API_URL) right?");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ApiException($"Burqi at {Url} did not answer within {Timeout.TotalSeconds:0} s.");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ApiException(await DescribeAsync(response, cancellationToken), (int)response.StatusCode);
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new ApiException($"What answers at {Url} is not a Burqi of this version: its answer cannot be read.", (int)response.StatusCode);
        }
    }

    private async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return $"Burqi at {Url} does not know the API key: set BURQI_API_KEY (or --key) to one of its BURQI_API_KEYS.";
        }

        var said = await ProblemAsync(response, cancellationToken);
        return said is not null
            ? $"Burqi at {Url} answered {(int)response.StatusCode}: {said}"
            : response.StatusCode switch
            {
                HttpStatusCode.NotFound => $"What answers at {Url} knows nothing of this (404): is it a Burqi of this version?",
                >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => $"{Url} leads elsewhere ({(int)response.StatusCode}): give the address it leads to as --url.",
                _ => $"Burqi at {Url} answered {(int)response.StatusCode}.",
            };
    }

    /// <summary>What a problem (RFC 9457) says, and every mistake it names; null where the answer is none.</summary>
    private static async Task<string?> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var root = problem.RootElement;
            var text = new StringBuilder(Text(root, "detail") ?? Text(root, "title"));
            if (root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
            {
                foreach (var error in errors.EnumerateObject().Where(error => error.Value.ValueKind == JsonValueKind.Array))
                {
                    text.Append(text.Length > 0 ? " " : "").Append(error.Name).Append(": ").AppendJoin(' ', error.Value.EnumerateArray().Select(one => one.ToString()));
                }
            }

            if (response.StatusCode >= HttpStatusCode.InternalServerError && Text(root, "trace_id") is { } trace)
            {
                text.Append(" (trace ").Append(trace).Append(')');
            }

            return text.Length > 0 ? text.ToString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Reason(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "nothing answers there",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ConfigurationLimitExceeded => "its answer is too large",
        _ => "the connection broke",
    };
}
