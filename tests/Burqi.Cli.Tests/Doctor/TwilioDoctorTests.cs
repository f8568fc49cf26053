using Burqi.Cli.Doctor;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Doctor;

/// <summary>What is wrong with the settings, the account, its numbers or the clock.</summary>
public sealed class TwilioDoctorTests(BurqiServices burqi) : DoctorTest(burqi), IClassFixture<BurqiServices>
{
    [Fact]
    public async Task Everything_AsItShouldBe_IsWellAndNothingIsChanged()
    {
        await StartTwilioAsync(options => options with { ApiKeys = [new(KeySid, "secret")] });
        (Variables["TWILIO_API_KEY"], Variables["TWILIO_API_SECRET"]) = (KeySid, "secret");

        var report = await ExamineAsync();

        report.Findings.ShouldAllBe(finding => finding.Severity == Severity.Ok);
        report.Findings.Select(finding => finding.Check).Distinct(StringComparer.Ordinal).ShouldBe(
            ["CALLBACK_URI_HOST", "credentials", "account", "numbers", "clock", "DNS", "TLS", "webhooks", "media socket"], ignoreOrder: true);
        report.Addresses.Select(address => address.Url).ShouldContain(PublicUrl + "/twilio/voice");
        report.Addresses.Select(address => address.Url).ShouldContain("wss://burqi.test/twilio/media-stream");

        // With the bus in memory every event is written down before it is published and kept for an hour: none was.
        Directory.EnumerateFiles(Path.Combine(Burqi.DataFolder, "ingress", "spool"), "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0).ShouldBeEmpty();
        Directory.EnumerateFiles(Burqi.RecordingsFolder, "*.wav", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sample_OfARequest_IsWhatTwiliosOwnLibrarySigns()
    {
        var sample = (await ExamineAsync()).Sample.ShouldNotBeNull();

        var signed = await TwilioLibrary.AskAsync("sign", new { requests = new[] { new { token = BurqiServices.AuthToken, url = sample.Url, form = sample.Parameters } } }, Cancellation);
        signed[0]!["signature"]!.GetValue<string>().ShouldStartWith(sample.SignatureBegins.TrimEnd('…'));
        sample.SignatureBegins.Length.ShouldBe(7);
        sample.StringToSign.ShouldBe(
            "https://burqi.test/twilio/voice?to=%2B15550123AccountSidAC00000000000000000000000000000001CallSidCA00000000000000000000000000000000CallStatusringingDirectioninboundFrom+15550100To+15550101");
    }

    [Theory]
    [InlineData("CALLBACK_URI_HOST", null, nameof(Severity.Error), "CALLBACK_URI_HOST", "is not set")]
    [InlineData("CALLBACK_URI_HOST", "burqi.test", nameof(Severity.Error), "CALLBACK_URI_HOST", "is not an http or https URL")]
    [InlineData("CALLBACK_URI_HOST", "http://burqi.test", nameof(Severity.Error), "CALLBACK_URI_HOST", "begins with http")]
    [InlineData("CALLBACK_URI_HOST", "https://user:secret@burqi.test", nameof(Severity.Error), "CALLBACK_URI_HOST", "user name or a password")]
    [InlineData("CALLBACK_URI_HOST", "https://burqi.test?x=1", nameof(Severity.Error), "CALLBACK_URI_HOST", "query or a fragment")]
    [InlineData("CALLBACK_URI_HOST", "https://burqi.test/twilio/voice", nameof(Severity.Error), "CALLBACK_URI_HOST", "which is a route")]
    [InlineData("TWILIO_ACCOUNT_SID", null, nameof(Severity.Error), "credentials", "TWILIO_ACCOUNT_SID is not set")]
    [InlineData("TWILIO_ACCOUNT_SID", KeySid, nameof(Severity.Error), "credentials", "holds the sid of an API key")]
    [InlineData("TWILIO_ACCOUNT_SID", "AC123", nameof(Severity.Error), "credentials", "is not an account sid")]
    [InlineData("TWILIO_AUTH_TOKEN", null, nameof(Severity.Error), "credentials", "TWILIO_AUTH_TOKEN is not set")]
    [InlineData("TWILIO_AUTH_TOKEN", "\"0123456789abcdef0123456789abcdef\"", nameof(Severity.Error), "credentials", "quotation mark")]
    [InlineData("TWILIO_API_KEY", KeySid, nameof(Severity.Error), "credentials", "TWILIO_API_SECRET is missing")]
    [InlineData("TWILIO_API_SECRET", "secret", nameof(Severity.Error), "credentials", "TWILIO_API_KEY is missing")]
    [InlineData("TWILIO_API_BASE_URL", "http://api.twilio.com", nameof(Severity.Error), "credentials", "is not an https URL")]
    [InlineData("TWILIO_CREDENTIALS", "sales", nameof(Severity.Error), "credentials", "there is no TWILIO_SALES_ACCOUNT_SID")]
    [InlineData("TWILIO_CREDENTIALS", "sales,SALES", nameof(Severity.Error), "credentials", "'sales' and 'SALES', which have the same variables (TWILIO_SALES_…)")]
    [InlineData("TWILIO_CREDENTIALS", "sales!", nameof(Severity.Error), "credentials", "is no name")]
    [InlineData("BURQI_VERIFY_SIGNATURES", "false", nameof(Severity.Error), "signatures", "anybody")]
    public async Task Variable_ThatIsWrong_IsNamed(string name, string? value, string severity, string check, string what)
    {
        Variables[name] = value;

        await ShouldFindAsync(Enum.Parse<Severity>(severity), check, what);
    }

    [Fact]
    public async Task Port_ThatTwilioOpensNoStreamsOn_IsNamed()
    {
        Variables["CALLBACK_URI_HOST"] = PublicUrl + ":8443";

        (await ExamineAsync()).Findings.ShouldContain(finding =>
            finding.Severity == Severity.Warning && finding.Check == "CALLBACK_URI_HOST" && finding.What.Contains("port 443 only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_ThatTwilioDoesNotTake_IsNamed()
    {
        Variables["TWILIO_AUTH_TOKEN"] = "ffffffffffffffffffffffffffffffff";

        await ShouldFindAsync(Severity.Error, "account", "Twilio does not take TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN (401)", "suspended or closed");
    }

    [Fact]
    public async Task Token_OfAnotherAccount_IsNamed()
    {
        Variables["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000002";

        await ShouldFindAsync(Severity.Error, "account", "Twilio does not take TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN (401)");
    }

    [Fact]
    public async Task Token_ThatIsTheSecondaryOne_IsToldFromThePrimary()
    {
        const string secondary = "ffffffffffffffffffffffffffffffff";
        await StartTwilioAsync(options => options with { SecondaryAuthToken = secondary });
        Variables["TWILIO_AUTH_TOKEN"] = secondary;

        await ShouldFindAsync(Severity.Error, "account", "is not the account's primary token", "promote");
    }

    [Fact]
    public async Task Key_ThatTwilioDoesNotTake_IsNamed()
    {
        (Variables["TWILIO_API_KEY"], Variables["TWILIO_API_SECRET"]) = (KeySid, "wrong");

        await ShouldFindAsync(Severity.Error, "account", "Twilio does not take TWILIO_API_KEY with TWILIO_API_SECRET (401)", "make a new one");
    }

    [Theory]
    [InlineData("suspended", "Full", nameof(Severity.Error), "has suspended the account")]
    [InlineData("closed", "Full", nameof(Severity.Error), "is closed")]
    [InlineData("active", "Trial", nameof(Severity.Warning), "trial account")]
    public async Task Account_InAnotherState_IsNamed(string status, string type, string severity, string what)
    {
        await StartTwilioAsync(options => options with { AccountStatus = status, AccountType = type });

        await ShouldFindAsync(Enum.Parse<Severity>(severity), "account", what);
    }

    [Fact]
    public async Task Twilio_ThatIsNotReached_IsNamed()
    {
        Variables["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9";

        await ShouldFindAsync(Severity.Error, "account", "127.0.0.1:9 cannot be reached from here: nothing answers", "outgoing https");
    }

    [Fact]
    public async Task Twilio_ThatIsSomethingElse_IsNamed()
    {
        Variables["TWILIO_API_BASE_URL"] = Burqi.Ingress.GetLeftPart(UriPartial.Authority) + "/health";

        await ShouldFindAsync(Severity.Error, "account", "Twilio knows no account");
    }

    [Fact]
    public async Task SecondAccount_IsExaminedLikeTheFirst()
    {
        const string sid = "AC00000000000000000000000000000002";
        Variables["TWILIO_CREDENTIALS"] = "sales-eu";
        (Variables["TWILIO_SALES_EU_ACCOUNT_SID"], Variables["TWILIO_SALES_EU_AUTH_TOKEN"]) = (sid, "ffffffffffffffffffffffffffffffff");

        var report = await ExamineAsync();

        report.ShouldHave(Severity.Error, "account", "Twilio does not take TWILIO_SALES_EU_ACCOUNT_SID with TWILIO_SALES_EU_AUTH_TOKEN (401)");
        report.ShouldHave(Severity.Error, "webhooks", "signed with TWILIO_SALES_EU_AUTH_TOKEN", "give it TWILIO_CREDENTIALS with 'sales-eu'");
        report.ShouldHave(Severity.Error, "media socket", "signed with TWILIO_SALES_EU_AUTH_TOKEN", "give it TWILIO_CREDENTIALS with 'sales-eu'");
    }

    [Fact]
    public async Task SecondAccount_ThatBurqiKnows_IsAccepted()
    {
        (string, string?)[] sales =
            [("TWILIO_CREDENTIALS", "sales-eu"), ("TWILIO_SALES_EU_ACCOUNT_SID", "AC00000000000000000000000000000002"), ("TWILIO_SALES_EU_AUTH_TOKEN", "ffffffffffffffffffffffffffffffff")];
        await StartBurqiAsync(sales);
        foreach (var (name, value) in sales)
        {
            Variables[name] = value;
        }

        var report = await ExamineAsync();

        report.Findings.ShouldContain(Finding.Ok("webhooks", "A request signed with TWILIO_SALES_EU_AUTH_TOKEN over the public address is accepted."));
        report.Findings.ShouldNotContain(finding => finding.Check == "media socket" && finding.Severity != Severity.Ok);
    }

    [Theory]
    [InlineData(-60, nameof(Severity.Warning), " s ahead of Twilio's")]
    [InlineData(60, nameof(Severity.Warning), " s behind Twilio's")]
    [InlineData(-3600, nameof(Severity.Error), "3600 s ahead of Twilio's")]
    public async Task Clock_ThatIsOff_IsMeasured(int twilioAhead, string severity, string what)
    {
        await StartTwilioAsync(options => options with { TimeProvider = new ShiftedClock(TimeSpan.FromSeconds(twilioAhead)) });

        await ShouldFindAsync(Enum.Parse<Severity>(severity), "clock", what, "NTP");
    }

    [Theory]
    [InlineData("https://elsewhere.example/voice", nameof(Severity.Warning), "None of the 1 phone numbers of the account points here")]
    [InlineData("https://elsewhere.example/twilio/voice", nameof(Severity.Warning), "asks another host")]
    [InlineData("", nameof(Severity.Warning), "points here")]
    [InlineData("http://burqi.test/twilio/voice", nameof(Severity.Error), "asks this host at another scheme")]
    [InlineData("https://burqi.test/voice", nameof(Severity.Error), "asks /voice, where Burqi answers no call")]
    [InlineData("https://burqi.test/twiml", nameof(Severity.Warning), "without assistant_id")]
    [InlineData("https://burqi.test/twiml?assistant_id=front-desk", nameof(Severity.Ok), "1 of 1 phone numbers of the account point here")]
    [InlineData("https://BURQI.test:443/twilio/voice", nameof(Severity.Ok), "1 of 1 phone numbers of the account point here")]
    public async Task Number_AndWhereItPoints_IsExamined(string voiceUrl, string severity, string what)
    {
        await StartTwilioAsync(options => options with { PhoneNumbers = [Number(voiceUrl)] });

        await ShouldFindAsync(Enum.Parse<Severity>(severity), "numbers", what);
    }

    [Fact]
    public async Task Numbers_SetInOtherWays_AreNamedByTheirLastDigits()
    {
        await StartTwilioAsync(options => options with
        {
            PhoneNumbers =
            [
                Number() with { VoiceMethod = "GET" },
                Number() with { Number = "+15550101", ApplicationSid = "AP00000000000000000000000000000001" },
                Number() with { Number = "+15550102", TrunkSid = "TK00000000000000000000000000000001" },
                Number() with { Number = "+15550103", StatusCallback = "" },
                Number() with { Number = "+15550104", StatusCallbackMethod = "GET" },
                Number() with { Number = "+15550105", HasVoice = false, VoiceUrl = "" },
            ],
        });

        var report = await ExamineAsync();

        report.ShouldHave(Severity.Error, "numbers", "Number …0100 (PN00000000000000000000000000000001) asks with HTTP GET");
        report.ShouldHave(Severity.Error, "numbers", "…0101 (PN00000000000000000000000000000002) is set to the TwiML application");
        report.ShouldHave(Severity.Error, "numbers", "…0102 (PN00000000000000000000000000000003) belongs to the SIP trunk");
        report.ShouldHave(Severity.Error, "numbers", "…0104 (PN00000000000000000000000000000005) tells of a call's end with HTTP GET");
        report.Findings.ShouldContain(finding => finding.Severity == Severity.Warning && finding.What.Contains("…0103", StringComparison.Ordinal) && finding.What.Contains("tells nobody", StringComparison.Ordinal));
        report.Findings.ShouldContain(Finding.Ok("numbers", "5 of 5 phone numbers of the account point here."));
        string.Concat(report.Findings).ShouldNotContain("+1555");
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
