using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Burqi.Simulator.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Simulator.Tests;

/// <summary>A customer of Twilio: answers with the TwiML it was given, takes callbacks, and listens to media sockets.</summary>
internal sealed class Customer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<ReceivedRequest> requests = new();
    private readonly ConcurrentQueue<ReceivedStream> streams = new();

    private Customer(WebApplication app) => this.app = app;

    public string BaseUrl { get; private set; } = "";

    public string StreamUrl => "ws" + BaseUrl["http".Length..] + "/media";

    public string VoiceUrl => BaseUrl + "/voice";

    /// <summary>The body of the answer at /voice; <c>{base}</c> and <c>{stream}</c> stand for this server's addresses.</summary>
    public string Twiml { get; set; } = "<Response/>";

    /// <summary>The status of the answer at /voice.</summary>
    public int VoiceStatus { get; set; } = 200;

    /// <summary>The body of the answer at /next.</summary>
    public string NextTwiml { get; set; } = "<Response/>";

    public string ContentType { get; set; } = "application/xml";

    /// <summary>Chooses the status of an answer to a callback, by its request and how many came for the same token.</summary>
    public Func<ReceivedRequest, int, int> CallbackStatus { get; set; } = static (_, _) => 204;

    public int UpgradeStatus { get; set; } = 101;

    /// <summary>Called with every message of a media socket.</summary>
    public Func<WebSocket, JsonElement, Task> OnMessage { get; set; } = static (_, _) => Task.CompletedTask;

    public IReadOnlyList<ReceivedRequest> Requests => [.. requests];

    public IReadOnlyList<ReceivedStream> Streams => [.. streams];

    public IReadOnlyList<ReceivedRequest> RequestsTo(string path) => [.. requests.Where(r => r.Path == path)];

    public static async Task<Customer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var customer = new Customer(builder.Build());
        customer.app.UseWebSockets();
        customer.app.Map("/media", customer.ListenAsync);
        customer.app.Map("/{**path}", customer.AnswerAsync);
        await customer.app.StartAsync();
        customer.BaseUrl = customer.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return customer;
    }

    public static Task SendAsync(WebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : null;
        var request = new ReceivedRequest(
            http.Request.Method,
            http.Request.Path,
            http.Features.Get<IHttpRequestFeature>()!.RawTarget,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            form is null ? [] : [.. form.Select(f => KeyValuePair.Create(f.Key, f.Value.ToString()))]);
        requests.Enqueue(request);
        switch (request.Path)
        {
            case "/silent":
                await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                break;
            case "/moved":
                http.Response.StatusCode = 302;
                http.Response.Headers.Location = "/voice";
                break;
            case "/guarded" when http.Request.Headers.Authorization.Count == 0:
                http.Response.StatusCode = 401;
                http.Response.Headers.WWWAuthenticate = "Basic";
                break;
            case "/voice" or "/next" or "/guarded":
                http.Response.StatusCode = request.Path == "/voice" ? VoiceStatus : 200;
                http.Response.ContentType = ContentType;
                await http.Response.WriteAsync(Fill(request.Path == "/next" ? NextTwiml : Twiml));
                break;
            default:
                http.Response.StatusCode = CallbackStatus(request, requests.Count(r => r.Token == request.Token));
                break;
        }
    }

    private async Task ListenAsync(HttpContext http)
    {
        if (UpgradeStatus != 101)
        {
            http.Response.StatusCode = UpgradeStatus;
            return;
        }

        var stream = new ReceivedStream(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.Ordinal));
        streams.Enqueue(stream);
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, http.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    stream.EndWith("close");
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
                    return;
                }

                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    var json = JsonDocument.Parse(message.ToArray()).RootElement;
                    message.SetLength(0);
                    stream.Add(json);
                    await OnMessage(socket, json);
                    if (socket.State is WebSocketState.CloseSent)
                    {
                        stream.EndWith("closed here");
                    }
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            stream.EndWith("broken");
        }
    }

    private string Fill(string twiml) =>
        twiml.Replace("{base}", BaseUrl, StringComparison.Ordinal).Replace("{stream}", StreamUrl, StringComparison.Ordinal);
}

internal sealed record ReceivedRequest(
    string Method, string Path, string RawTarget, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<KeyValuePair<string, string>> Form)
{
    public string Token => Headers["I-Twilio-Idempotency-Token"];

    public string Signature => Headers["X-Twilio-Signature"];

    public string? this[string name] => Form.FirstOrDefault(f => f.Key == name).Value;

    /// <summary>The signature that the request should carry.</summary>
    public string ExpectedSignature(string authToken, string baseUrl) =>
        Method == "GET" ? TwilioSigner.SignUrl(authToken, baseUrl + RawTarget) : TwilioSigner.SignForm(authToken, baseUrl + RawTarget, Form);
}

internal sealed class ReceivedStream(IReadOnlyDictionary<string, string> headers)
{
    private readonly List<JsonElement> messages = [];
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    /// <summary>How the socket ended, as seen here.</summary>
    public Task<string> Ended => ended.Task;

    public IReadOnlyList<JsonElement> Messages
    {
        get
        {
            lock (messages)
            {
                return [.. messages];
            }
        }
    }

    public IReadOnlyList<JsonElement> Media(string track) =>
        [.. Messages.Where(m => m.GetProperty("event").GetString() == "media" && m.GetProperty("media").GetProperty("track").GetString() == track)
            .Select(m => m.GetProperty("media"))];

    public void Add(JsonElement message)
    {
        lock (messages)
        {
            messages.Add(message);
        }
    }

    public void EndWith(string how) => ended.TrySetResult(how);
}
