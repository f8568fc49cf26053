using Burqi.Ingress.Twilio;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Burqi.Ingress.Tests;

public sealed class IngressOptionsTests
{
    [Theory]
    [InlineData("CALLBACK_URI_HOST", "burqi.example.com", "CALLBACK_URI_HOST is not an http or https URL")]
    [InlineData("CALLBACK_URI_HOST", "ftp://burqi.example.com", "CALLBACK_URI_HOST is not an http or https URL")]
    [InlineData("CALLBACK_URI_HOST", "https://burqi.example.com?x=1", "CALLBACK_URI_HOST has a query or a fragment")]
    [InlineData("CALLBACK_URI_HOST", "https://burqi.example.com#rc=5", "CALLBACK_URI_HOST has a query or a fragment")]
    [InlineData("CALLBACK_URI_HOST", "http://burqi.example.com", "CALLBACK_URI_HOST begins with http")]
    [InlineData("BURQI_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "BURQI_TRUSTED_PROXIES names 'proxy'")]
    [InlineData("BURQI_TRUSTED_PROXIES", "10.0.0.0/33", "BURQI_TRUSTED_PROXIES names '10.0.0.0/33'")]
    [InlineData("BURQI_INGRESS_VOICE_DEADLINE_MS", "0", "BURQI_INGRESS_VOICE_DEADLINE_MS is '0'")]
    [InlineData("BURQI_INGRESS_VOICE_DEADLINE_MS", "6001", "BURQI_INGRESS_VOICE_DEADLINE_MS is '6001'")]
    [InlineData("BURQI_INGRESS_CALLBACK_DEADLINE_MS", "2s", "BURQI_INGRESS_CALLBACK_DEADLINE_MS is '2s'")]
    [InlineData("BURQI_INGRESS_SPOOL_LIMIT_MB", "-1", "BURQI_INGRESS_SPOOL_LIMIT_MB is '-1'")]
    public void Validate_IngressSetting_NamesTheVariable(string name, string value, string beginning)
    {
        var setup = new IngressOptionsSetup(Configuration((name, value)));
        var options = new IngressOptions();
        setup.Configure(options);

        setup.Validate(null, options).Failures!.ShouldHaveSingleItem().ShouldStartWith(beginning);
    }

    [Theory]
    [InlineData("https://burqi.example.com/")]
    [InlineData("https://user:pass@burqi.example.com")]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://localhost:8000/prefix")]
    [InlineData(null)]
    public void Validate_UsableBaseUrl_IsTaken(string? value)
    {
        var setup = new IngressOptionsSetup(Configuration(("CALLBACK_URI_HOST", value)));
        var options = new IngressOptions();
        setup.Configure(options);

        setup.Validate(null, options).Succeeded.ShouldBeTrue();
        options.PublicBaseUrl.ShouldBe(value?.TrimEnd('/'));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("memory", true)]
    [InlineData("rabbitmq", false)]
    public void Configure_Bus_DecidesWhetherEveryEventIsJournalled(string? bus, bool expected)
    {
        var options = new IngressOptions();

        new IngressOptionsSetup(Configuration(("BURQI_BUS", bus))).Configure(options);

        options.JournalEveryEvent.ShouldBe(expected);
    }

    [Theory]
    [InlineData("TWILIO_AUTH_TOKEN", null, "Production", "TWILIO_AUTH_TOKEN is missing")]
    [InlineData("TWILIO_AUTH_TOKEN", null, "Development", "TWILIO_AUTH_TOKEN is missing")]
    [InlineData("BURQI_VERIFY_SIGNATURES", "false", "Production", "BURQI_VERIFY_SIGNATURES is false in Production")]
    [InlineData("BURQI_VERIFY_SIGNATURES", "no", "Development", "BURQI_VERIFY_SIGNATURES is 'no'")]
    [InlineData("TWILIO_ACCOUNT_SID", "AC1", "Production", "TWILIO_ACCOUNT_SID is not an account sid")]
    [InlineData("TWILIO_CREDENTIALS", "two words", "Production", "TWILIO_CREDENTIALS holds a name that is none")]
    [InlineData("BURQI_STREAM_SECRET", "short", "Production", "BURQI_STREAM_SECRET is too short")]
    [InlineData("TWILIO_CALLER_ID", "18005550000", "Production", "TWILIO_CALLER_ID is not a phone number")]
    [InlineData("TWILIO_STREAM_TRACK", "both", "Production", "TWILIO_STREAM_TRACK is 'both': give inbound_track, outbound_track or both_tracks.")]
    [InlineData("TWILIO_RECORDING_CHANNELS", "2", "Production", "TWILIO_RECORDING_CHANNELS is '2': give mono or dual.")]
    [InlineData("TWILIO_RECORDING_TRACK", "both_tracks", "Production", "TWILIO_RECORDING_TRACK is 'both_tracks': give inbound, outbound or both.")]
    [InlineData("TWILIO_RECORDING_TRIM", "Trim-Silence", "Production", "TWILIO_RECORDING_TRIM is 'Trim-Silence': give trim-silence or do-not-trim.")]
    [InlineData("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "completed,absent", "Production",
        "TWILIO_RECORDING_STATUS_CALLBACK_EVENT is 'completed,absent': give some of in-progress, completed and absent, each once, with a space between two.")]
    [InlineData("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "completed failed", "Production", "TWILIO_RECORDING_STATUS_CALLBACK_EVENT is 'completed failed'")]
    [InlineData("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "absent absent", "Production", "TWILIO_RECORDING_STATUS_CALLBACK_EVENT is 'absent absent'")]
    [InlineData("TWILIO_DIAL_TIMEOUT", "0", "Production", "TWILIO_DIAL_TIMEOUT is '0': give whole seconds from 1 to 600.")]
    [InlineData("TWILIO_DIAL_TIMEOUT", "601", "Production", "TWILIO_DIAL_TIMEOUT is '601'")]
    [InlineData("TWILIO_DIAL_TIMEOUT", "30s", "Production", "TWILIO_DIAL_TIMEOUT is '30s'")]
    [InlineData("TWILIO_DIAL_ANSWER_ON_BRIDGE", "yes", "Production", "TWILIO_DIAL_ANSWER_ON_BRIDGE is 'yes': give true or false.")]
    public void Validate_TwilioSetting_NamesTheVariableAndRepeatsNoSecret(string name, string? value, string environment, string beginning)
    {
        var setup = new TwilioOptionsSetup(Configuration(("TWILIO_AUTH_TOKEN", "token"), (name, value)), new Environment(environment));
        var options = new TwilioOptions();
        setup.Configure(options);

        var failure = setup.Validate(null, options).Failures!.ShouldHaveSingleItem();

        failure.ShouldStartWith(beginning);
        failure.ShouldNotContain("18005550000");
    }

    [Fact]
    public void Validate_EverythingWrong_IsToldAtOnce()
    {
        var setup = new TwilioOptionsSetup(
            Configuration(("TWILIO_ACCOUNT_SID", "x"), ("TWILIO_CALLER_ID", "x"), ("BURQI_VERIFY_SIGNATURES", "x")), new Environment("Production"));
        var options = new TwilioOptions();
        setup.Configure(options);

        setup.Validate(null, options).Failures!.Count().ShouldBe(4);
    }

    [Fact]
    public void Validate_VerificationOffInDevelopment_NeedsNoToken()
    {
        var setup = new TwilioOptionsSetup(Configuration(("BURQI_VERIFY_SIGNATURES", "False")), new Environment("Development"));
        var options = new TwilioOptions();
        setup.Configure(options);

        setup.Validate(null, options).Succeeded.ShouldBeTrue();
        options.VerifySignatures.ShouldBeFalse();
    }

    private static IConfiguration Configuration(params (string Name, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "burqi-ingress";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
