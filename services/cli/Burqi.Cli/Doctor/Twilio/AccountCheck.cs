using System.Globalization;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Whether Twilio takes an account's credentials, what state the account is in, and whether the clocks agree.</summary>
internal sealed class AccountCheck(TwilioApi api)
{
    private const string Check = "account";
    private const string KeysPage = "Twilio console, Account, API keys and tokens";

    /// <summary>Twilio counts seconds, and an answer takes its time.</summary>
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(5);

    /// <summary>Examines one account.</summary>
    /// <param name="account">Whose sid is well formed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, and the user name and password that Twilio takes; null where it takes none.</returns>
    public async Task<(IReadOnlyList<Finding> Findings, (string User, string Password)? SignIn)> ExamineAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        (string, string)? signIn = null;
        if (account.AuthToken is { } token)
        {
            var answer = await api.GetAsync(account.Sid!, ".json", account.Sid!, token, cancellationToken);
            findings.AddRange(OfToken(account, answer));
            signIn = answer.IsGood ? (account.Sid!, token) : null;
        }

        if (account.HasGoodKey)
        {
            // A standard key may not read the account itself; this is what fetching recordings needs.
            var answer = await api.GetAsync(account.Sid!, "/Recordings.json?PageSize=1", account.ApiKey!, account.ApiSecret!, cancellationToken);
            findings.Add(OfKey(account, answer));
            signIn = answer.IsGood ? (account.ApiKey!, account.ApiSecret!) : signIn;
        }

        return (findings, signIn);
    }

    /// <summary>What the clocks say, once Twilio has answered anything at all.</summary>
    public Finding? ExamineClock()
    {
        if (api.Ahead is not { } ahead)
        {
            return null;
        }

        var off = ahead.Duration();
        var words = string.Create(CultureInfo.InvariantCulture, $"This machine's clock is {off.TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} Twilio's");
        const string remedy = "Let it be set by NTP (timedatectl set-ntp true), on every machine that runs a part of Burqi.";
        return off < Unremarkable ? Finding.Ok("clock", "This machine's clock agrees with Twilio's.")
            : off < Harmful ? Finding.Warning("clock", words + ": times in the catalog are off by as much.", remedy)
            : Finding.Error("clock", words + ": tokens of streams and signed addresses expire too soon or too late, and recordings are looked for on the wrong day.", remedy);
    }

    private static IEnumerable<Finding> OfToken(AccountSettings account, TwilioAnswer answer)
    {
        if (!answer.IsGood)
        {
            yield return Refused(account, answer, $"{account.SidVariable} with {account.TokenVariable}", $"Copy the primary Auth Token anew ({KeysPage}). If it is right, the account is suspended or closed: the console says so. A regional account needs its region's own token and TWILIO_API_BASE_URL.");
            yield break;
        }

        var status = answer.Text("status");
        yield return status switch
        {
            "active" when answer.Text("type") == "Trial" => Finding.Warning(
                Check, $"Twilio takes the token of {account.Title}. It is a trial account: it calls verified numbers only, and callers hear Twilio's announcement first.", "Upgrade it before it is used in earnest."),
            "active" or null => Finding.Ok(Check, $"Twilio takes the token of {account.Title}, which is active."),
            "suspended" => Finding.Error(Check, $"Twilio has suspended {account.Title}: no call comes through.", "The Twilio console says why: most often an unpaid balance."),
            _ => Finding.Error(Check, $"Twilio says that {account.Title} is {status}.", "Use an account that is active."),
        };

        if (answer.Text("auth_token") is { } primary && primary != account.AuthToken && new AccountSettings(null, "", null, primary, null, null).HasTokenOfUsualForm)
        {
            yield return Finding.Error(
                Check,
                $"{account.TokenVariable} opens the API and is not the account's primary token: Twilio signs with the primary one, so that every webhook will be refused.",
                $"Set {account.TokenVariable} to the primary token, or promote the secondary one ({KeysPage}).");
        }
    }

    private static Finding OfKey(AccountSettings account, TwilioAnswer answer) => answer switch
    {
        { IsGood: true } => Finding.Ok(Check, $"Twilio takes the API key of {account.Title}, and it may list recordings."),
        { Status: 403 } => Finding.Error(
            Check, $"Twilio knows the API key in {account.KeyVariable} and does not let it list recordings (403).", "Give a restricted key the right to list, read and delete recordings and to read calls and phone numbers, or use a standard key."),
        _ => Refused(account, answer, $"{account.KeyVariable} with {account.SecretVariable}", $"The key was deleted, belongs to another account or region, or the secret is another's: make a new one ({KeysPage})."),
    };

    private static Finding Refused(AccountSettings account, TwilioAnswer answer, string what, string remedy) => answer switch
    {
        { Unreached: { } reason } => Finding.Error(Check, reason, "Recordings cannot be fetched either where this is so: open outgoing https, or set TWILIO_API_BASE_URL right."),
        { Status: 401 } => Finding.Error(Check, $"Twilio does not take {what} (401).", remedy),
        { Status: 403 } => Finding.Error(Check, $"Twilio forbids {account.Title} what it was asked (403).", "The account is suspended or closed, or the token was changed a moment ago: see the Twilio console."),
        { Status: 404 } => Finding.Error(Check, $"Twilio knows no account {account.Sid} for these credentials (404).", $"Compare {account.SidVariable} with the Twilio console."),
        { Status: 429 or >= 500 } => Finding.Warning(Check, $"Twilio answers {answer.Status} just now: {account.Title} could not be examined.", "Try again in a while; https://status.twilio.com tells of outages."),
        _ => Finding.Error(Check, $"What answers at TWILIO_API_BASE_URL is not Twilio's API (status {answer.Status}).", "Remove TWILIO_API_BASE_URL, or give Twilio's regional address."),
    };
}
