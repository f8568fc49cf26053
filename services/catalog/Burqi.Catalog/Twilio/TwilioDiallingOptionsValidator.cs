using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Twilio;

/// <summary>Looks at what was given where dialling is wanted, which the TwiML app alone is for; none of the sentences repeats a value.</summary>
internal sealed class TwilioDiallingOptionsValidator : IValidateOptions<TwilioDiallingOptions>
{
    private const int SidLength = 34;

    public ValidateOptionsResult Validate(string? name, TwilioDiallingOptions options)
    {
        if (options.AppSid.Length == 0)
        {
            return ValidateOptionsResult.Success;
        }

        var failures = new List<string>();
        Check(TwilioDiallingOptions.AppSidVariable, options.AppSid, "AP", "of a TwiML app");
        Check(TwilioDiallingOptions.AccountSidVariable, options.AccountSid, "AC", "of an account");
        Check(TwilioDiallingOptions.ApiKeyVariable, options.ApiKey, "SK", "of an API key");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string variable, string value, string prefix, string whose)
        {
            if (value.Length > 0
                && !(value.Length == SidLength && value.StartsWith(prefix, StringComparison.Ordinal) && value[prefix.Length..].All(char.IsAsciiHexDigit)))
            {
                failures.Add($"{variable} is not the sid {whose}: give {prefix} and 32 hexadecimal digits.");
            }
        }
    }
}
