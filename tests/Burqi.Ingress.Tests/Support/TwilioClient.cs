using System.Net;
using System.Net.Sockets;
using System.Text;
using Burqi.Twilio;

namespace Burqi.Ingress.Tests.Support;

/// <summary>Posts webhooks as Twilio does: signed over the public URL, sent to wherever the host listens.</summary>
internal sealed class TwilioClient(Uri address, string publicBaseUrl) : IDisposable
{
    public const string AuthToken = "0123456789abcdef0123456789abcdef";
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string CallSid = "CA00000000000000000000000000000001";
    public const string ChildCallSid = "CA00000000000000000000000000000002";
    public const string RecordingSid = "RE00000000000000000000000000000001";
    public const string StreamSid = "MZ00000000000000000000000000000001";
    public const string Caller = "+4915112345678";
    public const string OurNumber = "+18005551212";
    public const string CallerId = "+18005550000";
    public const string Callee = "+14255550123";
    public const string PublicBaseUrl = "https://burqi.example.com";

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public static (string Name, string Value)[] Voice(params (string Name, string Value)[] changes) => With(
        [("AccountSid", AccountSid), ("CallSid", CallSid), ("CallStatus", "ringing"), ("Direction", "inbound"), ("From", "client:alice"), ("To", Callee),
            ("CallerCity", ""), ("ApiVersion", "2010-04-01")],
        changes);

    public static (string Name, string Value)[] CallStatus(params (string Name, string Value)[] changes) => With(
        [("AccountSid", AccountSid), ("CallSid", CallSid), ("CallStatus", "completed"), ("Direction", "inbound"), ("From", Caller), ("To", OurNumber),
            ("CallDuration", "42"), ("Duration", "1"), ("Timestamp", "Tue, 24 Mar 2026 18:16:22 +0000"), ("SequenceNumber", "3"), ("CallbackSource", "call-progress-events")],
        changes);

    public static (string Name, string Value)[] RecordingStatus(params (string Name, string Value)[] changes) => With(
        [("AccountSid", AccountSid), ("CallSid", CallSid), ("RecordingSid", RecordingSid), ("RecordingStatus", "completed"),
            ("RecordingUrl", $"https://api.twilio.com/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}"), ("RecordingDuration", "13"),
            ("RecordingChannels", "2"), ("RecordingStartTime", "Tue, 24 Mar 2026 18:15:40 +0000"), ("RecordingSource", "StartCallRecordingTwiML"),
            ("RecordingTrack", "both"), ("ErrorCode", "0")],
        changes);

    public static (string Name, string Value)[] StreamStatus(params (string Name, string Value)[] changes) => With(
        [("AccountSid", AccountSid), ("CallSid", CallSid), ("StreamSid", StreamSid), ("StreamName", "burqi-" + CallSid), ("StreamEvent", "stream-started"),
            ("Timestamp", "2026-03-24T18:15:40.123Z")],
        changes);

    public Task<HttpResponseMessage> PostAsync(string target, (string Name, string Value)[] form) => PostAsync(target, form, Sign(target, form));

    public Task<HttpResponseMessage> PostAsync(string target, (string Name, string Value)[] form, string? signature) =>
        SendAsync(target, Form(form), signature);

    public Task<HttpResponseMessage> SendAsync(string target, HttpContent content, string? signature, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Raw(target)) { Content = content };
        if (signature is not null)
        {
            request.Headers.Add(TwilioSignature.HeaderName, signature);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return Http.SendAsync(request);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string target, params (string Name, string Value)[] form)
    {
        using var response = await PostAsync(target, form);
        return response.StatusCode;
    }

    /// <summary>Posts with a request target that no URL class would let through as it stands.</summary>
    public async Task<int> PostRawAsync(string requestTarget, string signedUrl, (string Name, string Value)[] form)
    {
        var body = await Form(form).ReadAsStringAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {requestTarget} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            + $"{TwilioSignature.HeaderName}: {Signature(signedUrl, form)}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var status = await reader.ReadLineAsync();
        return int.Parse(status!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public string Sign(string target, (string Name, string Value)[] form) => Signature(publicBaseUrl + target, form);

    public static string Signature(string url, (string Name, string Value)[] form, string authToken = AuthToken) =>
        TwilioSignature.Compute(authToken, url, form.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    public static FormUrlEncodedContent Form((string Name, string Value)[] form) => new(form.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    public void Dispose() => Http.Dispose();

    private Uri Raw(string target) =>
        new(address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static (string Name, string Value)[] With((string Name, string Value)[] form, (string Name, string Value)[] changes) =>
        [.. form.Where(p => changes.All(change => change.Name != p.Name)), .. changes];
}
