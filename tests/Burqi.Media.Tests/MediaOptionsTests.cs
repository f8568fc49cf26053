using System.Net;
using Burqi.Media.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests;

public sealed class MediaOptionsTests
{
    private const string Token = "--TWILIO_AUTH_TOKEN=token";

    [Fact]
    public void Defaults_WithAToken_AreValid()
    {
        var options = Read("Production", Token);

        options.RecordingsDir.ShouldBe("recordings");
        options.VerifySignatures.ShouldBeTrue();
        options.IdleTimeout.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("Production", "", "TWILIO_AUTH_TOKEN is missing")]
    [InlineData("Production", "--BURQI_VERIFY_SIGNATURES=false", "BURQI_VERIFY_SIGNATURES may be false only outside Production")]
    [InlineData("Development", "--BURQI_VERIFY_SIGNATURES=perhaps", "BURQI_VERIFY_SIGNATURES must be true or false")]
    [InlineData("Production", "--BURQI_TRUSTED_PROXIES=10.0.0.0/99", "BURQI_TRUSTED_PROXIES holds an entry")]
    [InlineData("Production", "--BURQI_MEDIA_BASE_URL=media", "BURQI_MEDIA_BASE_URL must be an absolute http or https URL")]
    [InlineData("Production", "--CALLBACK_URI_HOST=burqi.example.com", "CALLBACK_URI_HOST must be an absolute http or https URL")]
    [InlineData("Production", "--BURQI_MEDIA_IDLE_TIMEOUT_SECONDS=-1", "BURQI_MEDIA_IDLE_TIMEOUT_SECONDS must be a number")]
    [InlineData("Production", "--BURQI_MEDIA_MAX_STREAMS=none", "BURQI_MEDIA_MAX_STREAMS must be a number")]
    [InlineData("Production", "--BURQI_MEDIA_RECONNECT_SECONDS=x", "BURQI_MEDIA_RECONNECT_SECONDS must be a number")]
    [InlineData("Production", "--BURQI_ACS_OPENID_CONFIGURATION_URL=x", "BURQI_ACS_OPENID_CONFIGURATION_URL must be an absolute http or https URL")]
    [InlineData("Production", "--BURQI_STREAM_TOKENS=perhaps", "BURQI_STREAM_TOKENS must be required or optional")]
    [InlineData("Production", "--BURQI_MEDIA_AGENT_CONNECT_SECONDS=0", "BURQI_MEDIA_AGENT_CONNECT_SECONDS must be a number")]
    [InlineData("Production", "--BURQI_MEDIA_AGENT_SEND_SECONDS=x", "BURQI_MEDIA_AGENT_SEND_SECONDS must be a number")]
    [InlineData("Production", "--BURQI_MEDIA_DRAIN_SECONDS=60", "BURQI_MEDIA_DRAIN_SECONDS leaves too little time")]
    [InlineData("Production", "--BURQI_RECORDINGS_HIGH_WATER_PERCENT=101", "BURQI_RECORDINGS_HIGH_WATER_PERCENT must be a number")]
    [InlineData("Production", "--BURQI_RECORDINGS_LOW_WATER_PERCENT=85", "BURQI_RECORDINGS_LOW_WATER_PERCENT must be less than BURQI_RECORDINGS_HIGH_WATER_PERCENT")]
    [InlineData("Production", "--BURQI_MEDIA_MP3=perhaps", "BURQI_MEDIA_MP3 must be auto, true or false")]
    [InlineData("Production", "--BURQI_MEDIA_MP3_WORKERS=0", "BURQI_MEDIA_MP3_WORKERS must be a number")]
    public void Value_ThatCannotBe_IsNamed(string environment, string argument, string failure)
    {
        var failures = Should.Throw<OptionsValidationException>(() => Read(environment, argument)).Failures;

        failures.ShouldContain(sentence => sentence.StartsWith(failure, StringComparison.Ordinal));
        failures.ShouldAllBe(sentence => sentence.EndsWith('.'));
    }

    [Fact]
    public void Values_ThatCannotBe_AreNamedAllAtOnce() =>
        Should.Throw<OptionsValidationException>(() => Read("Production", "--BURQI_MEDIA_MAX_STREAMS=0", "--CALLBACK_URI_HOST=x")).Failures.Count().ShouldBe(3);

    [Fact]
    public void Signatures_OutsideProduction_MayBeOff() => Read("Development", "--BURQI_VERIFY_SIGNATURES=false").VerifySignatures.ShouldBeFalse();

    [Theory]
    [InlineData("1", HttpStatusCode.OK)]
    [InlineData("1000000000", HttpStatusCode.ServiceUnavailable)]
    public async Task Ready_ByFreeSpace_TellsTheTruth(string minFreeMib, HttpStatusCode expected)
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_MIN_FREE_MIB", minFreeMib));
        using var client = host.CreateClient();

        await Testing.Eventually.BecomesTrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == expected);
    }

    private static MediaOptions Read(string environment, params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, EnvironmentName = environment });
        builder.AddMedia();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<MediaOptions>>().Value;
    }
}
