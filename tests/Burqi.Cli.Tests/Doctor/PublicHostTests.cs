using System.Net;
using Burqi.Cli.Doctor;
using Burqi.Cli.Doctor.Twilio;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Doctor;

/// <summary>What is wrong on the way from Twilio to Burqi.</summary>
public sealed class PublicHostTests(BurqiServices burqi) : DoctorTest(burqi), IClassFixture<BurqiServices>
{
    private string Right => LoadBalancer.Locations(Burqi.Ingress, Burqi.Media);

    [Fact]
    public async Task Name_WithoutAnAddress_IsNamedAndNothingMoreIsTried()
    {
        Variables["CALLBACK_URI_HOST"] = "https://burqi.invalid";

        var report = await ExamineAsync(new DoctorNetwork());

        report.ShouldHave(Severity.Error, "DNS", "The name burqi.invalid has no address");
        report.Findings.ShouldContain(finding => finding.Check == "webhooks" && finding.What.Contains("were not tried", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_ThatIsThisMachineAlone_IsNamed()
    {
        Variables["CALLBACK_URI_HOST"] = Burqi.Ingress.GetLeftPart(UriPartial.Authority);

        var report = await ExamineAsync(new DoctorNetwork());

        report.Findings.ShouldContain(finding => finding.Check == "CALLBACK_URI_HOST" && finding.Severity == Severity.Warning && finding.What.Contains("this machine alone", StringComparison.Ordinal));
        report.Findings.ShouldContain(finding => finding.Check == "DNS" && finding.Severity == Severity.Warning);
    }

    [Fact]
    public async Task Port_WhereNothingListens_IsNamed() =>
        (await ExamineAsync(new DoctorNetwork(new DnsEndPoint("127.0.0.1", FreePort.Next()), Authority.Roots)))
            .ShouldHave(Severity.Error, "connection", "Nothing listens at burqi.test");

    [Fact]
    public async Task Port_OfPlainHttp_IsNamed() =>
        (await ExamineAsync(new DoctorNetwork(new DnsEndPoint("127.0.0.1", Burqi.Ingress.Port), Authority.Roots)))
            .ShouldHave(Severity.Error, "TLS", "no TLS comes about", "plain HTTP port");

    [Fact]
    public async Task Certificate_ForAnotherName_IsNamed()
    {
        await BalanceAsync(Right, Authority.Issue("other.test"));

        await ShouldFindAsync(Severity.Error, "TLS", "The certificate of burqi.test is for other.test");
    }

    [Fact]
    public async Task Certificate_ThatExpired_IsNamed()
    {
        await BalanceAsync(Right, Authority.Issue(BurqiServices.Host, expires: TimeSpan.FromDays(-2)));

        await ShouldFindAsync(Severity.Error, "TLS", "expired on");
    }

    [Fact]
    public async Task Certificate_ThatExpiresSoon_IsNamed()
    {
        await BalanceAsync(Right, Authority.Issue(BurqiServices.Host, expires: TimeSpan.FromDays(3)));

        await ShouldFindAsync(Severity.Warning, "TLS", "which is soon");
    }

    [Fact]
    public async Task Certificate_SignedByItself_IsNamed()
    {
        await BalanceAsync(Right, Authority.Issue(BurqiServices.Host, isSelfSigned: true));

        await ShouldFindAsync(Severity.Error, "TLS", "has signed its certificate itself");
    }

    [Fact]
    public async Task Certificate_WithoutTheOneBehindIt_IsNamed()
    {
        await BalanceAsync(Right, Authority.Issue(BurqiServices.Host, isWhole: false));

        await ShouldFindAsync(Severity.Error, "TLS", "an intermediate certificate is not sent along", "fullchain.pem");
    }

    [Theory]
    [InlineData("location = /recording/status { return 404; }", "/recording/status is not found (404), and it is not Burqi")]
    [InlineData("location = /twilio/voice { return 403; }", "/twilio/voice is refused (403) by something in front of Burqi")]
    [InlineData("location = /twilio/call-status { return 301 https://www.burqi.test$request_uri; }", "/twilio/call-status leads elsewhere (301, https://www.burqi.test/twilio/call-status)")]
    [InlineData("location = /twiml { add_header WWW-Authenticate Basic always; return 401; }", "/twiml wants a login")]
    [InlineData("location = /twiml { return 200 hello; }", "/twiml accepts a wrong signature")]
    [InlineData("location = /twilio/call-status { proxy_pass http://127.0.0.1:9; }", "/twilio/call-status does not reach Burqi: the load balancer answers 502")]
    [InlineData("location = /twilio/call-status { return 429; }", "/twilio/call-status is limited")]
    public async Task Route_ThatDoesNotReachBurqi_IsNamed(string location, string what)
    {
        await BalanceAsync(location + Right);

        await ShouldFindAsync(Severity.Error, "webhooks", what);
    }

    [Fact]
    public async Task Route_ThatLeadsToTheWrongService_IsNamed()
    {
        await BalanceAsync(LoadBalancer.Locations(Burqi.Ingress, Burqi.Ingress));

        await ShouldFindAsync(Severity.Error, "media socket", "/twilio/media-stream, /streams reaches a part of Burqi that has no such route", "to media");
    }

    [Fact]
    public async Task AnotherServer_UnderTheName_IsNotTakenForBurqi()
    {
        await BalanceAsync("location / { return 405; }");

        await ShouldFindAsync(Severity.Error, "webhooks", "is answered 405 by nginx", "Another server");
    }

    [Fact]
    public async Task Balancer_ThatTakesTheSignatureOff_IsNamed()
    {
        await BalanceAsync(Right.Replace("location ~ ^/(twilio/|", "proxy_set_header X-Twilio-Signature \"\"; proxy_set_header Host $http_host; location ~ ^/(twilio/|", StringComparison.Ordinal));

        await ShouldFindAsync(Severity.Error, "webhooks", "The header X-Twilio-Signature does not reach Burqi");
    }

    [Fact]
    public async Task Balancer_ThatPassesNoUpgrades_IsNamed()
    {
        await BalanceAsync(Right.Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal).Replace("proxy_set_header Connection \"upgrade\";", "", StringComparison.Ordinal));

        await ShouldFindAsync(Severity.Error, "media socket", "reaches Burqi as a plain request, no longer as a WebSocket", "Upgrade and Connection");
    }

    [Fact]
    public async Task Burqi_ThatDoesNotKnowOfTls_IsNamed()
    {
        await StartBurqiAsync(("CALLBACK_URI_HOST", null));

        await ShouldFindAsync(Severity.Error, "forwarding", "it does not know that TLS ends in front of it", "BURQI_TRUSTED_PROXIES");
    }

    [Fact]
    public async Task Burqi_ThatTrustsItsBalancer_UnderstandsWhatItForwards()
    {
        await StartBurqiAsync(("CALLBACK_URI_HOST", null), ("BURQI_TRUSTED_PROXIES", "127.0.0.1"));

        (await ExamineAsync()).Findings.ShouldAllBe(finding => finding.Severity == Severity.Ok);
    }

    [Fact]
    public async Task Burqi_WithAnotherToken_IsNamed()
    {
        await StartBurqiAsync(("TWILIO_AUTH_TOKEN", "ffffffffffffffffffffffffffffffff"));

        var report = await ExamineAsync();

        report.ShouldHave(Severity.Error, "webhooks", "Burqi refuses a request that is signed with TWILIO_AUTH_TOKEN over https://burqi.test", "another TWILIO_AUTH_TOKEN");
        report.ShouldHave(Severity.Error, "media socket", "/streams, signed with TWILIO_AUTH_TOKEN, is refused by Burqi", "Media runs with another");
    }

    [Fact]
    public async Task Burqi_ThatChecksNoSignatures_IsNamed()
    {
        await StartBurqiAsync(("BURQI_VERIFY_SIGNATURES", "false"), ("environment", "Development"));

        var report = await ExamineAsync();

        report.ShouldHave(Severity.Error, "webhooks", "/recording/status accepts a wrong signature", "BURQI_VERIFY_SIGNATURES");
        report.ShouldHave(Severity.Error, "media socket", "is opened to anybody, unsigned", "BURQI_VERIFY_SIGNATURES");
        Directory.EnumerateFiles(Path.Combine(Burqi.DataFolder, "ingress", "spool"), "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0)
            .ShouldBeEmpty("what is sent changes nothing, also where nothing is checked");
    }

    [Fact]
    public async Task Burqi_BelowAPath_IsRightWhereTheBalancerTakesItOff()
    {
        Variables["CALLBACK_URI_HOST"] = PublicUrl + "/calls";
        await StartBurqiAsync(("CALLBACK_URI_HOST", PublicUrl + "/calls"));
        await BalanceAsync($$"""
            location /calls/ { proxy_pass http://{{Burqi.Ingress.Authority}}/; }
            location ~ ^/calls(/twilio/media-stream|/streams)$ {
              proxy_pass http://{{Burqi.Media.Authority}}$1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host;
            }
            """);
        await StartTwilioAsync(options => options with { PhoneNumbers = [Number(PublicUrl + "/calls/twilio/voice") with { StatusCallback = PublicUrl + "/calls/twilio/call-status" }] });

        var report = await ExamineAsync();

        report.ShouldHave(Severity.Warning, "CALLBACK_URI_HOST", "has the path '/calls'", "take it off");
        report.Findings.Count(finding => finding.Severity == Severity.Warning).ShouldBe(1, string.Join('\n', report.Findings));
    }
}
