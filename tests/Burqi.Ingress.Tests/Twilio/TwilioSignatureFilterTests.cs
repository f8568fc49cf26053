using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Burqi.Contracts.Calls;
using Burqi.Ingress.Tests.Support;

namespace Burqi.Ingress.Tests.Twilio;

public sealed class TwilioSignatureFilterTests
{
    private const string SalesAccount = "AC00000000000000000000000000000002";
    private const string SalesToken = "token-of-sales";

    private static readonly (string Name, string? Value)[] Sales =
        [("TWILIO_CREDENTIALS", "sales"), ("TWILIO_SALES_ACCOUNT_SID", SalesAccount), ("TWILIO_SALES_AUTH_TOKEN", SalesToken)];

    public static TheoryData<string> Routes => ["/twilio/voice", "/twilio/call-status", "/twilio/stream-status", "/twilio/recording-status"];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_Unsigned_IsRefusedWithoutATrace(string route)
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await host.Twilio.PostAsync(route, TwilioClient.CallStatus(), signature: null);

        await ShouldBeRefusedWithoutATraceAsync(host, response);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_SignedWithAnotherToken_IsRefusedWithoutATrace(string route)
    {
        await using var host = await IngressHost.StartAsync();
        var form = TwilioClient.RecordingStatus(("StreamSid", TwilioClient.StreamSid));
        var forged = TwilioClient.Signature(TwilioClient.PublicBaseUrl + route, form, authToken: "fedcba9876543210fedcba9876543210");

        using var response = await host.Twilio.PostAsync(route, form, forged);

        await ShouldBeRefusedWithoutATraceAsync(host, response);
    }

    [Fact]
    public async Task Post_ParameterChangedAddedOrRemovedAfterSigning_IsRefused()
    {
        await using var host = await IngressHost.StartAsync();
        var form = TwilioClient.CallStatus();
        var signature = host.Twilio.Sign("/twilio/call-status", form);

        foreach (var changed in new[] { TwilioClient.CallStatus(("CallDuration", "43")), [.. form, ("Extra", "")], [.. form, ("Extra", "1")], form[1..] })
        {
            using var response = await host.Twilio.PostAsync("/twilio/call-status", changed, signature);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        using var elsewhere = await host.Twilio.PostAsync("/twilio/call-status?x=1", form, signature);
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        host.Events.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_ParameterNobodyHasHeardOf_IsSignedLikeTheRest()
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("Brand New", " Zoë & 日本 😀 "), ("CallToken", "{\"a\":1}"))))
            .ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("/twilio/call-status?x=%7e&y=a+b&z=O'Brien&q=%C3%A9%zz&e")]
    [InlineData("/twilio/call%2Dstatus")]
    [InlineData("/twilio/call-status?")]
    [InlineData("/twilio/call-status?a=1&&b=%26%3d")]
    [InlineData("/twilio/%63all-status/")]
    public async Task Post_OddlyEncodedTarget_IsVerifiedOverItsVeryBytes(string target)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.PostRawAsync(target, TwilioClient.PublicBaseUrl + target, TwilioClient.CallStatus())).ShouldBe(204);

        await host.Events.SingleAsync<CallEnded>();
    }

    [Fact]
    public async Task Post_TargetInAbsoluteForm_IsVerifiedOverItsPath()
    {
        await using var host = await IngressHost.StartAsync();
        const string path = "/twilio/call-status?x=%7e";

        (await host.Twilio.PostRawAsync(host.Address.GetLeftPart(UriPartial.Authority) + path, TwilioClient.PublicBaseUrl + path, TwilioClient.CallStatus()))
            .ShouldBe(204);
    }

    [Theory]
    [InlineData("https://burqi.example.com:443")]
    [InlineData("https://burqi.example.com")]
    public async Task Post_SignedWithOrWithoutTheSchemesPort_IsAccepted(string signedBase)
    {
        await using var host = await IngressHost.StartAsync();
        var form = TwilioClient.CallStatus();

        using var response = await host.Twilio.PostAsync(
            "/twilio/call-status", form, TwilioClient.Signature(signedBase + "/twilio/call-status", form));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("https://user:pass@burqi.example.com")]
    [InlineData("https://burqi.example.com/prefix")]
    [InlineData("https://BURQI.example.com:8443/")]
    public async Task Post_ConfiguredBaseUrl_IsSignedAsItIsWritten(string baseUrl)
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", baseUrl));
        var form = TwilioClient.CallStatus();

        using var response = await host.Twilio.PostAsync(
            "/twilio/call-status", form, TwilioClient.Signature(baseUrl.TrimEnd('/') + "/twilio/call-status", form));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Post_NoBaseUrlConfigured_IsVerifiedOverTheConnectionsOwnAddress()
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", null));
        var form = TwilioClient.CallStatus();
        var own = host.Address.GetLeftPart(UriPartial.Authority);

        using var response = await host.Twilio.PostAsync("/twilio/call-status", form, TwilioClient.Signature(own + "/twilio/call-status", form));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.0/8, 192.0.2.7", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", HttpStatusCode.NoContent)]
    [InlineData("10.0.0.0/8,127.0.0.0/8", HttpStatusCode.NoContent)]
    [InlineData("::ffff:127.0.0.1", HttpStatusCode.NoContent)]
    public async Task Post_ForwardedHeaders_AreBelievedFromTrustedProxiesAlone(string? trusted, HttpStatusCode expected)
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", null), ("BURQI_TRUSTED_PROXIES", trusted));
        var form = TwilioClient.CallStatus();

        using var response = await host.Twilio.SendAsync(
            "/twilio/call-status",
            TwilioClient.Form(form),
            TwilioClient.Signature("https://voice.example.net/twilio/call-status", form),
            ("X-Forwarded-Proto", "https, http"),
            ("X-Forwarded-Host", "voice.example.net, inner.example.net"));

        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("javascript", "voice.example.net")]
    [InlineData("https", "voice.example.net/path")]
    [InlineData("https", "user@voice.example.net")]
    [InlineData("https", "voice example net")]
    public async Task Post_ForwardedHeaderThatIsNone_IsIgnored(string proto, string forwardedHost)
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", null), ("BURQI_TRUSTED_PROXIES", "127.0.0.1"));
        var form = TwilioClient.CallStatus();

        using var response = await host.Twilio.SendAsync(
            "/twilio/call-status",
            TwilioClient.Form(form),
            TwilioClient.Signature($"{proto}://{forwardedHost}/twilio/call-status", form),
            ("X-Forwarded-Proto", proto),
            ("X-Forwarded-Host", forwardedHost));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Post_ForwardedHeadersBesideAConfiguredBaseUrl_AreIgnored()
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_TRUSTED_PROXIES", "127.0.0.1"));
        var form = TwilioClient.CallStatus();

        using var response = await host.Twilio.SendAsync(
            "/twilio/call-status",
            TwilioClient.Form(form),
            host.Twilio.Sign("/twilio/call-status", form),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", "inner.example.net"));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("AC00000000000000000000000000000002")]
    [InlineData("")]
    public async Task Post_SignedForAnotherAccount_IsRefusedWithoutATrace(string account)
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await host.Twilio.PostAsync("/twilio/call-status", TwilioClient.CallStatus(("AccountSid", account)));

        await ShouldBeRefusedWithoutATraceAsync(host, response);
    }

    [Fact]
    public async Task Post_NoAccountConfigured_TakesAnyAccountThatKnowsTheToken()
    {
        await using var host = await IngressHost.StartAsync(null, ("TWILIO_ACCOUNT_SID", null));

        (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("AccountSid", "AC00000000000000000000000000000002"))))
            .ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(SalesAccount, SalesToken, HttpStatusCode.NoContent)]
    [InlineData(TwilioClient.AccountSid, TwilioClient.AuthToken, HttpStatusCode.NoContent)]
    [InlineData(SalesAccount, TwilioClient.AuthToken, HttpStatusCode.Forbidden)]
    [InlineData(TwilioClient.AccountSid, SalesToken, HttpStatusCode.Forbidden)]
    [InlineData("AC00000000000000000000000000000003", SalesToken, HttpStatusCode.Forbidden)]
    [InlineData("AC00000000000000000000000000000003", TwilioClient.AuthToken, HttpStatusCode.Forbidden)]
    [InlineData("", SalesToken, HttpStatusCode.Forbidden)]
    [InlineData(SalesAccount, "", HttpStatusCode.Forbidden)]
    public async Task Post_OfOneOfSeveralAccounts_IsCheckedWithItsOwnToken(string account, string token, HttpStatusCode expected)
    {
        await using var host = await IngressHost.StartAsync(null, Sales);
        var form = TwilioClient.CallStatus(("AccountSid", account));
        var signature = TwilioClient.Signature(TwilioClient.PublicBaseUrl + "/twilio/call-status", form, token);

        using var response = await host.Twilio.PostAsync("/twilio/call-status", form, signature);

        response.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.NoContent)
        {
            (await host.Events.SingleAsync<CallEnded>()).CallId.ShouldBe(TwilioClient.CallSid);
        }
        else
        {
            host.Events.All.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Post_JsonOfAFurtherAccount_IsCheckedWithItsOwnToken()
    {
        await using var host = await IngressHost.StartAsync(null, Sales);
        const string body = $$"""{"AccountSid": "{{SalesAccount}}", "CallSid": "{{TwilioClient.CallSid}}", "CallStatus": "busy", "CallDuration": 0}""";

        using var response = await PostJsonAsync(host, body, signedBody: body, SalesToken);
        using var forged = await PostJsonAsync(host, body, signedBody: body);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Events.SingleAsync<CallEnded>()).CallId.ShouldBe(TwilioClient.CallSid);
    }

    [Theory]
    [InlineData(65536, false, HttpStatusCode.NoContent)]
    [InlineData(65537, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(65536, true, HttpStatusCode.NoContent)]
    [InlineData(65537, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(1000000, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Post_LargeBody_IsTakenUpToSixtyFourKibibytes(int length, bool chunked, HttpStatusCode expected)
    {
        await using var host = await IngressHost.StartAsync();
        var bare = await TwilioClient.Form([.. TwilioClient.CallStatus(), ("Filler", "")]).ReadAsStringAsync();
        (string, string)[] form = [.. TwilioClient.CallStatus(), ("Filler", new string('x', length - bare.Length))];
        var content = TwilioClient.Form(form);
        content.Headers.ContentLength.ShouldBe(length);

        using var response = await host.Twilio.SendAsync(
            "/twilio/call-status", chunked ? new Chunked(content) : content, host.Twilio.Sign("/twilio/call-status", form));

        response.StatusCode.ShouldBe(expected);
    }

    /// <summary>A form is parsed before its signature can be checked: no shape of it may get further than the check.</summary>
    [Theory]
    [InlineData(1, 60_000)]
    [InlineData(5000, 1)]
    public async Task Post_FormOfAnyShape_IsJudgedByItsSignature(int parameters, int nameLength)
    {
        await using var host = await IngressHost.StartAsync();
        (string, string)[] form = [.. TwilioClient.CallStatus(), .. Enumerable.Range(0, parameters).Select(i => (new string('n', nameLength) + i, "v"))];

        using var forged = await host.Twilio.SendAsync("/twilio/call-status", TwilioClient.Form(form), host.Twilio.Sign("/twilio/call-status", TwilioClient.CallStatus()));
        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var signed = await host.Twilio.SendAsync("/twilio/call-status", TwilioClient.Form(form), host.Twilio.Sign("/twilio/call-status", form));
        signed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [InlineData(null)]
    public async Task Post_OtherContentType_IsNotSupported(string? contentType)
    {
        await using var host = await IngressHost.StartAsync();
        var form = TwilioClient.CallStatus();
        var content = TwilioClient.Form(form);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        using var response = await host.Twilio.SendAsync("/twilio/call-status", content, host.Twilio.Sign("/twilio/call-status", form));

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        host.Events.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("Application/X-WWW-Form-Urlencoded; charset=\"utf-8\"")]
    public async Task Post_FormContentTypeInAnySpelling_IsTaken(string contentType)
    {
        await using var host = await IngressHost.StartAsync();
        var form = TwilioClient.CallStatus();
        var content = TwilioClient.Form(form);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        using var response = await host.Twilio.SendAsync("/twilio/call-status", content, host.Twilio.Sign("/twilio/call-status", form));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Post_JsonWhoseHashIsSigned_IsTakenLikeAForm()
    {
        await using var host = await IngressHost.StartAsync();
        const string body = $$"""{"AccountSid": "{{TwilioClient.AccountSid}}", "CallSid": "{{TwilioClient.CallSid}}", "CallStatus": "busy", "CallDuration": 0}""";

        using var response = await PostJsonAsync(host, body, signedBody: body);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Events.SingleAsync<CallEnded>()).Status.ShouldBe("busy");
    }

    [Fact]
    public async Task Post_JsonWithOneByteChanged_IsRefused()
    {
        await using var host = await IngressHost.StartAsync();
        const string body = $$"""{"AccountSid":"{{TwilioClient.AccountSid}}","CallSid":"{{TwilioClient.CallSid}}","CallStatus":"busy"}""";

        using var response = await PostJsonAsync(host, body + " ", signedBody: body);

        await ShouldBeRefusedWithoutATraceAsync(host, response);
    }

    [Theory]
    [InlineData("""{"AccountSid":"\ud800"}""")]
    [InlineData("""{"\ud800":"x"}""")]
    public async Task Post_UnsignedJsonThatIsNoText_IsRefusedNotAFailureOfOurs(string body)
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await PostJsonAsync(host, body, signedBody: body, "another token");

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Post_SignedJsonThatIsNoObject_IsABadRequest(string body)
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await PostJsonAsync(host, body, signedBody: body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Post_VerificationOffOutsideProduction_TakesUnsignedWebhooks()
    {
        await using var host = await IngressHost.StartAsync(
            null, ("BURQI_VERIFY_SIGNATURES", "false"), ("TWILIO_AUTH_TOKEN", null), ("environment", "Development"));

        using var response = await host.Twilio.PostAsync("/twilio/call-status", TwilioClient.CallStatus(), signature: null);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("/recording")]
    [InlineData("/api/events")]
    [InlineData("/api/callbacks")]
    [InlineData("/api/callbacks/x")]
    [InlineData("/livekit/webhook")]
    [InlineData("/twilio")]
    public async Task Post_RouteThatIsNotOurs_IsNotFound(string route)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(route, TwilioClient.CallStatus())).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Get_Webhook_IsNotAllowed()
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await host.Twilio.Http.GetAsync(new Uri(host.Address, "/twilio/voice"));

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    private static async Task ShouldBeRefusedWithoutATraceAsync(IngressHost host, HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        problem.RootElement.EnumerateObject().Select(member => member.Name).ShouldBe(["type", "title", "status", "trace_id"]);
        problem.RootElement.GetProperty("title").GetString().ShouldBe("Forbidden");

        // Something that did get through comes after it: had the forged one been published, it would be here by now.
        (await host.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("CallStatus", "no-answer")))).ShouldBe(HttpStatusCode.NoContent);
        (await host.Events.SingleAsync<CallEnded>()).Status.ShouldBe("no-answer");
        Directory.GetFiles(host.Spool.JournalDirectory).Length.ShouldBe(1);
        host.Spool.PendingCount.ShouldBe(0);
        host.Logs.Lines.Count(line => line.Category.StartsWith("Burqi.Ingress.Twilio.", StringComparison.Ordinal) && line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning)
            .ShouldBe(1);
        host.Logs.Count(2000).ShouldBe(1);
    }

    private static Task<HttpResponseMessage> PostJsonAsync(IngressHost host, string body, string signedBody, string authToken = TwilioClient.AuthToken)
    {
        var target = "/twilio/call-status?bodySHA256=" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signedBody)));
        return host.Twilio.SendAsync(target, new StringContent(body, Encoding.UTF8, "application/json"), TwilioClient.Signature(TwilioClient.PublicBaseUrl + target, [], authToken));
    }

    /// <summary>The same body without a Content-Length.</summary>
    private sealed class Chunked : HttpContent
    {
        private readonly HttpContent _inner;

        public Chunked(HttpContent inner)
        {
            _inner = inner;
            Headers.ContentType = inner.Headers.ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
