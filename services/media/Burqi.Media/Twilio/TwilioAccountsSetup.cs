using Burqi.Twilio;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Twilio;

/// <summary>Reads from the environment's flat names which accounts there are, and says what is wrong with them.</summary>
internal sealed class TwilioAccountsSetup(IConfiguration configuration) : IConfigureOptions<MediaOptions>, IValidateOptions<MediaOptions>
{
    private readonly TwilioCredentials _credentials = TwilioCredentials.Read(name => configuration[name]);

    public void Configure(MediaOptions options)
    {
        options.TwilioAuthTokens = [.. _credentials.All.Select(set => set.AuthToken)];

        // Without an account of its own the default token is good for any.
        options.TwilioAccountSids = _credentials.Default.AccountSid.Length > 0 ? [.. _credentials.All.Select(set => set.AccountSid)] : [];
    }

    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        string[] failures = [.. _credentials.Problems, .. options.VerifySignatures ? _credentials.MissingToken : []];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
