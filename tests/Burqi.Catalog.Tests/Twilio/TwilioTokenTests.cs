using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Tests.Twilio;

public sealed class TwilioTokenTests(TwilioTokenTests.DiallingHost dialling, CatalogHost plain) : IClassFixture<TwilioTokenTests.DiallingHost>
{
    private const string AccountSid = "AC00000000000000000000000000000001";
    private const string ApiKey = "SK00000000000000000000000000000002";
    private const string ApiSecret = "a-secret-of-the-tests-0003";
    private const string AppSid = "AP00000000000000000000000000000004";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_Configured_IsWhatTwiliosOwnLibraryWouldMake()
    {
        using var answer = await dialling.Client.PostAsync(new Uri("/twilio/token", UriKind.Relative), null, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var given = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        var read = await TwilioLibrary.AskAsync(
            "token",
            new { token = given["token"]!.GetValue<string>(), accountSid = AccountSid, apiKey = ApiKey, secret = ApiSecret, appSid = AppSid, identity = given["identity"]!.GetValue<string>() },
            Cancellation);
        read["verified"]!.GetValue<bool>().ShouldBeTrue("the signature is not that of the secret");
        read["ours"]!["header"]!.ToJsonString().ShouldBe(read["theirs"]!["header"]!.ToJsonString());
        var payload = read["ours"]!["payload"]!;
        payload["grants"]!.ToJsonString().ShouldBe(read["theirs"]!["payload"]!["grants"]!.ToJsonString());
        payload.ShouldHave(("iss", ApiKey), ("sub", AccountSid));
        var (issued, expires) = (payload["iat"]!.GetValue<long>(), payload["exp"]!.GetValue<long>());
        (expires - issued).ShouldBeInRange(60, 3600);
        payload["jti"]!.GetValue<string>().ShouldBe($"{ApiKey}-{issued}");
        given["expires_at"]!.GetValue<DateTime>().ShouldBe(DateTimeOffset.FromUnixTimeSeconds(expires).UtcDateTime, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Token_NotConfigured_Is503AndSaysWhatIsMissing()
    {
        using var answer = await plain.Client.PostAsync(new Uri("/twilio/token", UriKind.Relative), null, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        problem["missing"]!.AsArray().Select(name => name!.GetValue<string>())
            .ShouldBe(["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_TWIML_APP_SID"]);
        problem["detail"]!.GetValue<string>().ShouldContain("TWILIO_TWIML_APP_SID are not set");
    }

    [Fact]
    public async Task Token_WithoutAKeyOrWithAParameter_IsRefused()
    {
        using var anonymous = await dialling.AnonymousClient.PostAsync(new Uri("/twilio/token", UriKind.Relative), null, Cancellation);
        using var unknown = await dialling.Client.PostAsync(new Uri("/twilio/token?identity=boss", UriKind.Relative), null, Cancellation);

        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("TWILIO_TWIML_APP_SID", "PN00000000000000000000000000000004", "TWILIO_TWIML_APP_SID is not the sid of a TwiML app")]
    [InlineData("TWILIO_API_KEY", "key", "TWILIO_API_KEY is not the sid of an API key")]
    [InlineData("TWILIO_ACCOUNT_SID", "AC1", "TWILIO_ACCOUNT_SID is not the sid of an account")]
    public void Options_WithASidOfAnotherKind_AreRefusedByName(string variable, string value, string sentence)
    {
        var options = new Catalog.Twilio.TwilioDiallingOptions
        {
            AccountSid = variable == "TWILIO_ACCOUNT_SID" ? value : AccountSid,
            ApiKey = variable == "TWILIO_API_KEY" ? value : ApiKey,
            ApiSecret = ApiSecret,
            AppSid = variable == "TWILIO_TWIML_APP_SID" ? value : AppSid,
        };

        var result = new Catalog.Twilio.TwilioDiallingOptionsValidator().Validate(Options.DefaultName, options);

        result.Failures.ShouldNotBeNull().ShouldHaveSingleItem().ShouldStartWith(sentence);
    }

    public sealed class DiallingHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string>
        {
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["TWILIO_API_KEY"] = TwilioTokenTests.ApiKey,
            ["TWILIO_API_SECRET"] = ApiSecret,
            ["TWILIO_TWIML_APP_SID"] = AppSid,
        });
    }
}
