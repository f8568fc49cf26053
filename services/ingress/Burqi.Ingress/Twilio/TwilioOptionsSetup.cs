using System.Globalization;
using Burqi.Ingress.Twilio.Twiml;
using Burqi.Twilio;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio;

/// <summary>Reads <see cref="TwilioOptions"/> from the environment's flat names, and says what is wrong with them.</summary>
internal sealed class TwilioOptionsSetup(IConfiguration configuration, IHostEnvironment environment)
    : IConfigureOptions<TwilioOptions>, IValidateOptions<TwilioOptions>
{
    private const int ShortestSecret = 16;

    public void Configure(TwilioOptions options)
    {
        options.Credentials = TwilioCredentials.Read(name => configuration[name]);
        options.StreamSecret = configuration["BURQI_STREAM_SECRET"]?.Trim();
        options.ApiBaseUrl = configuration["TWILIO_API_BASE_URL"]?.Trim();
        options.CallerId = configuration["TWILIO_CALLER_ID"]?.Trim();
        options.StreamTrack = ReadOneOf("TWILIO_STREAM_TRACK", TwimlValues.StreamTracks, options.StreamTrack, options.Problems);
        options.RecordingChannels = ReadOneOf("TWILIO_RECORDING_CHANNELS", TwimlValues.RecordingChannels, options.RecordingChannels, options.Problems);
        options.RecordingTrack = ReadOneOf("TWILIO_RECORDING_TRACK", TwimlValues.RecordingTracks, options.RecordingTrack, options.Problems);
        options.RecordingTrim = ReadOneOf("TWILIO_RECORDING_TRIM", TwimlValues.Trims, options.RecordingTrim, options.Problems);
        options.RecordingEvents = ReadListOf(
            "TWILIO_RECORDING_STATUS_CALLBACK_EVENT", TwimlValues.RecordingEvents, options.RecordingEvents, options.Problems);
        options.DialTimeout = ReadSeconds("TWILIO_DIAL_TIMEOUT", TwimlValues.DialTimeout, options.Problems);
        options.DialAnswerOnBridge = ReadBoolean("TWILIO_DIAL_ANSWER_ON_BRIDGE", options.Problems);
        options.VerifySignatures = ReadBoolean("BURQI_VERIFY_SIGNATURES", options.Problems) ?? options.VerifySignatures;
    }

    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        // No message repeats a token or a number: it ends up in a log.
        var failures = new List<string>([.. options.Problems, .. options.Credentials.Problems]);
        if (options.VerifySignatures)
        {
            failures.AddRange(options.Credentials.MissingToken);
        }

        if (!options.VerifySignatures && environment.IsProduction())
        {
            failures.Add("BURQI_VERIFY_SIGNATURES is false in Production: anybody could post webhooks, so it is allowed in other environments only.");
        }

        if (options.ApiBaseUrl is { } api && !IsSafe(api))
        {
            failures.Add("TWILIO_API_BASE_URL is not an https URL (http is accepted for a loopback address only): the credentials are sent to it.");
        }

        if (options.StreamSecret is { Length: > 0 and < ShortestSecret })
        {
            failures.Add($"BURQI_STREAM_SECRET is too short: give at least {ShortestSecret} characters that nobody can guess.");
        }

        if (options.CallerId is { } number && !PhoneNumber.IsE164(number))
        {
            failures.Add("TWILIO_CALLER_ID is not a phone number in E.164 form: give a plus sign and up to 15 digits.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsSafe(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private bool? ReadBoolean(string name, List<string> problems)
    {
        if (configuration[name] is not { } text)
        {
            return null;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        problems.Add($"{name} is '{text}': give true or false.");
        return null;
    }

    private int? ReadSeconds(string name, (int Least, int Most) range, List<string> problems)
    {
        if (configuration[name]?.Trim() is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= range.Least && seconds <= range.Most)
        {
            return seconds;
        }

        problems.Add($"{name} is '{text}': give whole seconds from {range.Least} to {range.Most}.");
        return null;
    }

    private string ReadOneOf(string name, IReadOnlyList<string> allowed, string otherwise, List<string> problems)
    {
        if (configuration[name]?.Trim() is not { } text)
        {
            return otherwise;
        }

        if (allowed.Contains(text))
        {
            return text;
        }

        problems.Add($"{name} is '{text}': give {string.Join(", ", allowed.SkipLast(1))} or {allowed[^1]}.");
        return otherwise;
    }

    private IReadOnlyList<string> ReadListOf(string name, IReadOnlyList<string> allowed, IReadOnlyList<string> otherwise, List<string> problems)
    {
        if (configuration[name] is not { } text)
        {
            return otherwise;
        }

        var values = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (values.Length > 0 && values.All(allowed.Contains) && values.Distinct(StringComparer.Ordinal).Count() == values.Length)
        {
            return values;
        }

        problems.Add($"{name} is '{text}': give some of {string.Join(", ", allowed.SkipLast(1))} and {allowed[^1]}, each once, with a space between two.");
        return otherwise;
    }
}
