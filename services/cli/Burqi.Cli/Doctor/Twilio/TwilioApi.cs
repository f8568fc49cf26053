using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Twilio's REST API, asked and never changed.</summary>
internal sealed class TwilioApi : IDisposable
{
    private const string Version = "2010-04-01";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = 8 * 1024 * 1024,
    };

    private readonly string _base;
    private readonly string _host;
    private readonly TimeProvider _time;

    public TwilioApi(string baseUrl, TimeProvider time)
    {
        _base = baseUrl.EndsWith("/" + Version, StringComparison.Ordinal) ? baseUrl[..^(Version.Length + 1)] : baseUrl;
        _host = new Uri(_base).Authority;
        _time = time;
    }

    /// <summary>How far this machine's clock is ahead of Twilio's, as of the last answer; null before one.</summary>
    public TimeSpan? Ahead { get; private set; }

    /// <summary>Reads what lies below the account, such as <c>/Recordings.json?PageSize=1</c>, or the account itself (<c>.json</c>).</summary>
    public Task<TwilioAnswer> GetAsync(string accountSid, string rest, string user, string password, CancellationToken cancellationToken) =>
        GetAsync($"/{Version}/Accounts/{accountSid}{rest}", user, password, cancellationToken);

    /// <summary>Reads a path that Twilio gave, such as that of a list's next page.</summary>
    public async Task<TwilioAnswer> GetAsync(string path, string user, string password, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        var asked = _time.GetUtcNow();
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            var answered = _time.GetUtcNow();
            if (response.Headers.Date is { } date)
            {
                // Twilio's second began at its date, somewhere between the question and the answer.
                Ahead = asked + ((answered - asked) / 2) - (date + TimeSpan.FromSeconds(0.5));
            }

            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new TwilioAnswer((int)response.StatusCode, Parse(body), null);
        }
        catch (HttpRequestException exception)
        {
            return new TwilioAnswer(0, null, $"{_host} cannot be reached from here: {exception.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "its name is not known",
                HttpRequestError.ConnectionError => "nothing answers",
                HttpRequestError.SecureConnectionError => "no secure connection comes about",
                _ => "the connection breaks",
            }}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TwilioAnswer(0, null, $"{_host} does not answer within {Timeout.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _client.Dispose();

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What Twilio answered.</summary>
/// <param name="Status">The status; 0 where there was no answer.</param>
/// <param name="Body">The JSON object; null where there was none.</param>
/// <param name="Unreached">Why there was no answer, as a sentence.</param>
internal sealed record TwilioAnswer(int Status, JsonElement? Body, string? Unreached)
{
    public bool IsGood => Status == 200 && Body is not null;

    /// <summary>A member's text; null where it has none.</summary>
    public string? Text(string name) => Text(Body, name);

    public static string? Text(JsonElement? element, string name) =>
        element is { } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
