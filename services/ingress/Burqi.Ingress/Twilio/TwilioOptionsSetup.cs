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
        options.AccountSid = configuration["TWILIO_ACCOUNT_SID"]?.Trim();
        options.AuthToken = configuration["TWILIO_AUTH_TOKEN"]?.Trim();
        options.StreamSecret = configuration["BURQI_STREAM_SECRET"]?.Trim();
        options.ApiBaseUrl = configuration["TWILIO_API_BASE_URL"]?.Trim();
        options.CallerId = configuration["TWILIO_CALLER_ID"]?.Trim();
        if (configuration["BURQI_VERIFY_SIGNATURES"] is { } text)
        {
            if (bool.TryParse(text, out var verify))
            {
                options.VerifySignatures = verify;
            }
            else
            {
                options.Problems.Add($"BURQI_VERIFY_SIGNATURES is '{text}': give true or false.");
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        // No message repeats a token or a number: it ends up in a log.
        var failures = new List<string>(options.Problems);
        if (options.VerifySignatures && string.IsNullOrEmpty(options.AuthToken))
        {
            failures.Add("TWILIO_AUTH_TOKEN is missing: without it Twilio's signatures cannot be checked.");
        }

        if (!options.VerifySignatures && environment.IsProduction())
        {
            failures.Add("BURQI_VERIFY_SIGNATURES is false in Production: anybody could post webhooks, so it is allowed in other environments only.");
        }

        if (options.StreamSecret is { Length: > 0 and < ShortestSecret })
        {
            failures.Add($"BURQI_STREAM_SECRET is too short: give at least {ShortestSecret} characters that nobody can guess.");
        }

        if (options.AccountSid is { } sid && !TwilioSid.IsValid(sid, TwilioSid.Account))
        {
            failures.Add("TWILIO_ACCOUNT_SID is not an account sid: it has AC and 32 hexadecimal digits.");
        }

        if (options.CallerId is { } number && !PhoneNumber.IsE164(number))
        {
            failures.Add("TWILIO_CALLER_ID is not a phone number in E.164 form: give a plus sign and up to 15 digits.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
