using System.Globalization;
using System.Net;
using System.Text.Json;
using Burqi.Twilio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.Rest;

/// <summary>
/// Asks Twilio's REST API to pause, resume or stop what it records of a live call. All of it has a limit together; what may pass is tried
/// again within that, since asking for the same status twice asks for nothing more.
/// </summary>
internal sealed class TwilioRest(IHttpClientFactory clients, IOptions<TwilioOptions> options, TimeProvider time)
{
    public const string ClientName = "twilio-rest";

    /// <summary>Where Twilio is, unless <c>TWILIO_API_BASE_URL</c> says otherwise.</summary>
    public const string DefaultBaseUrl = "https://api.twilio.com";

    private const string ApiVersion = "2010-04-01";
    private const int CallNotInProgress = 21220;
    private const int LargestError = 16 * 1024;

    /// <summary>So that whoever asked, and waits for five seconds, still hears what came of it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<TwilioRest>();
        services.AddHttpClient(ClientName, client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan; // each request has what is left of the limit
                client.MaxResponseContentBufferSize = LargestError;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // The credentials go to the host that was configured, and to no other.
                AllowAutoRedirect = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
    }

    /// <summary>Sets the status of what Twilio records of a call now.</summary>
    /// <param name="accountSid">The call's account, checked to be one.</param>
    /// <param name="callSid">The call, checked to be one.</param>
    /// <param name="status"><c>paused</c>, which records silence of equal length, <c>in-progress</c> or <c>stopped</c>.</param>
    /// <param name="credentials">Who signs in; there is no lack in them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it was not done, in one sentence; null: it was.</returns>
    public async Task<string?> SetRecordingStatusAsync(
        string accountSid, string callSid, string status, TwilioCredentialSet credentials, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string? last = null;
        for (var pause = FirstPause; ; pause *= 2)
        {
            try
            {
                var (complaint, mayPass) = await PostAsync(accountSid, callSid, status, credentials, either.Token);
                if (complaint is null || !mayPass)
                {
                    return complaint;
                }

                last = complaint;
                await Task.Delay(pause, time, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return last ?? string.Create(CultureInfo.InvariantCulture, $"Twilio did not answer within {Limit.TotalSeconds} s.");
            }
        }
    }

    /// <summary>Asks once. What may pass is Twilio's trouble, or the network's.</summary>
    private async Task<(string? Complaint, bool MayPass)> PostAsync(
        string accountSid, string callSid, string status, TwilioCredentialSet credentials, CancellationToken cancellationToken)
    {
        var host = (options.Value.ApiBaseUrl ?? DefaultBaseUrl).TrimEnd('/');
        host = host.EndsWith($"/{ApiVersion}", StringComparison.Ordinal) ? host : $"{host}/{ApiVersion}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{host}/Accounts/{accountSid}/Calls/{callSid}/Recordings/Twilio.CURRENT.json");
        request.Headers.Authorization = credentials.Authorization();
        request.Content = new FormUrlEncodedContent(
            status == "paused" ? [new("Status", status), new("PauseBehavior", "silence")] : [new KeyValuePair<string, string>("Status", status)]);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? (null, false) : Complain(response.StatusCode, await CodeAsync(response, cancellationToken), credentials);
        }
        catch (HttpRequestException)
        {
            return ("Twilio could not be reached.", true);
        }
    }

    private static (string Complaint, bool MayPass) Complain(HttpStatusCode status, int? code, TwilioCredentialSet credentials) => (int)status switch
    {
        401 or 403 => ($"Twilio did not accept {credentials.SignsInWith} ({(int)status}).", false),
        _ when code == CallNotInProgress => ($"Twilio says that the call is not in progress ({code}).", false),
        404 => ("Twilio is recording nothing of this call (404).", false),
        429 => ("Twilio was asked too often (429).", true),
        >= 500 => ($"Twilio failed ({(int)status}).", true),
        _ when code is { } known => ($"Twilio refused ({(int)status}, error {known}).", false),
        _ => ($"Twilio refused ({(int)status}).", false),
    };

    /// <summary>The number of Twilio's error; null where it gives none.</summary>
    private static async Task<int?> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.Number
                && code.TryGetInt32(out var number)
                ? number
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
