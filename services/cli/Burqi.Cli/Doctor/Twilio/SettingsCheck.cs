using System.Text.RegularExpressions;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>What can be seen of the variables by themselves. No sentence repeats a secret.</summary>
internal static partial class SettingsCheck
{
    private const string PublicUrl = "CALLBACK_URI_HOST";
    private const string Credentials = "credentials";

    public static IEnumerable<Finding> Examine(DoctorSettings settings)
    {
        yield return ExaminePublicUrl(settings);
        if (settings.Value("BURQI_VERIFY_SIGNATURES") is { } verify && verify.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            yield return Finding.Error(
                "signatures", "BURQI_VERIFY_SIGNATURES is false: anybody who knows an address can post webhooks.", "Remove it. Burqi refuses to start so in Production.");
        }

        if (!IsApi(settings.ApiBaseUrl))
        {
            yield return Finding.Error(
                Credentials,
                "TWILIO_API_BASE_URL is not an https URL (http is accepted for a loopback address only).",
                "Remove it for https://api.twilio.com, or give a regional one such as https://api.dublin.ie1.twilio.com.");
        }

        foreach (var name in settings.CredentialNames.Where(name => !CredentialName().IsMatch(name)))
        {
            yield return Finding.Error(Credentials, $"TWILIO_CREDENTIALS names '{name}', which is no name.", "Use letters, digits, - and _, with a comma between two names.");
        }

        foreach (var same in settings.Accounts.Where(account => account.Name is not null).GroupBy(account => account.Prefix, StringComparer.Ordinal).Where(names => names.Count() > 1))
        {
            yield return Finding.Error(
                Credentials,
                $"TWILIO_CREDENTIALS names {string.Join(" and ", same.Select(account => $"'{account.Name}'"))}, which have the same variables ({same.Key}…): Burqi does not start with it.",
                "Leave one of them: names that differ in case, or in - and _, are the same.");
        }

        foreach (var twice in settings.Accounts.Where(account => account is { Sid: not null, AuthToken: not null }).GroupBy(account => account.Sid, StringComparer.OrdinalIgnoreCase))
        {
            if (twice.DistinctBy(account => account.AuthToken, StringComparer.Ordinal).Count() > 1)
            {
                yield return Finding.Error(
                    Credentials,
                    $"{string.Join(" and ", twice.Select(account => account.TokenVariable))} differ, and are of one account.",
                    "An account has one primary token: give it to each of its sets.");
            }
        }

        foreach (var finding in settings.Accounts.SelectMany(ExamineAccount))
        {
            yield return finding;
        }
    }

    /// <summary>Whether there is a public address that can be tried.</summary>
    public static bool IsUsable(string? baseUrl) =>
        baseUrl is not null
        && Uri.TryCreate(baseUrl, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0;

    public static bool IsApi(string baseUrl) =>
        Uri.TryCreate(baseUrl, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0 && url.Query.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    private static Finding ExaminePublicUrl(DoctorSettings settings)
    {
        const string example = "Set CALLBACK_URI_HOST to the public base URL alone, such as https://burqi.example.com.";
        if (settings.PublicBaseUrl is not { } given)
        {
            return Finding.Error(
                PublicUrl,
                "CALLBACK_URI_HOST is not set. Burqi then goes by what each request says of its host, which is right only where the load balancer passes it on, and this self-test has no address to try.",
                example);
        }

        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return Finding.Error(PublicUrl, "CALLBACK_URI_HOST is not an http or https URL.", example);
        }

        if (url.UserInfo.Length > 0)
        {
            return Finding.Error(PublicUrl, "CALLBACK_URI_HOST holds a user name or a password: it is written into TwiML and shown in Twilio's console.", example);
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            return Finding.Error(PublicUrl, "CALLBACK_URI_HOST has a query or a fragment: routes are appended to it.", example);
        }

        if (url.Scheme == Uri.UriSchemeHttp)
        {
            return url.IsLoopback
                ? Finding.Warning(PublicUrl, "CALLBACK_URI_HOST is this machine alone: a simulated Twilio reaches it, the real one never does.", example)
                : Finding.Error(PublicUrl, "CALLBACK_URI_HOST begins with http: Twilio opens media streams over TLS only.", "Give the https URL, and put what ends TLS in front of Burqi.");
        }

        if (!url.IsDefaultPort && !url.IsLoopback)
        {
            return Finding.Warning(
                PublicUrl, $"CALLBACK_URI_HOST names port {url.Port}: Twilio opens media streams on port 443 only.", "Let the load balancer listen on 443, and leave the port out.");
        }

        if (Routes().Match(url.AbsolutePath) is { Success: true })
        {
            return Finding.Error(
                PublicUrl, $"CALLBACK_URI_HOST ends in '{url.AbsolutePath}', which is a route: Burqi appends its routes to it, so that they would stand there twice.", example);
        }

        return url.AbsolutePath != "/"
            ? Finding.Warning(
                PublicUrl,
                $"CALLBACK_URI_HOST has the path '{url.AbsolutePath}': Burqi has no routes below it.",
                "The load balancer must take it off before it passes a request on; a host name without a path is simpler.")
            : Finding.Ok(PublicUrl, $"The public base URL is {given}.");
    }

    private static IEnumerable<Finding> ExamineAccount(AccountSettings account)
    {
        if (account is { Sid: null, AuthToken: null, ApiKey: null, ApiSecret: null } && account.Name is not null)
        {
            yield return Finding.Error(Credentials, $"TWILIO_CREDENTIALS names '{account.Name}', and there is no {account.SidVariable}.", $"Set {account.SidVariable} and {account.TokenVariable}, or take the name off the list.");
            yield break;
        }

        foreach (var (variable, value) in new[] { (account.SidVariable, account.Sid), (account.TokenVariable, account.AuthToken), (account.KeyVariable, account.ApiKey), (account.SecretVariable, account.ApiSecret) })
        {
            if (value is ['"' or '\'', ..])
            {
                yield return Finding.Error(Credentials, $"{variable} begins with a quotation mark, which is taken as a part of it.", "Leave the marks out: some ways to set variables keep them.");
                yield break;
            }
        }

        yield return account switch
        {
            { Sid: null, Name: null, HasGoodKey: true, AuthToken: not null } => Finding.Warning(
                Credentials, $"{account.SidVariable} is not set: webhooks of any account are taken that know the token, and the account could not be examined.", "Copy the Account SID from the Twilio console."),
            { Sid: null } => Finding.Error(
                Credentials, $"{account.SidVariable} is not set: recordings cannot be fetched with the token alone, and the account could not be examined.", "Copy the Account SID from the Twilio console."),
            { Sid: ['S', 'K', ..] } => Finding.Error(
                Credentials, $"{account.SidVariable} holds the sid of an API key (SK…), not the account's (AC…).", $"Put the key into {account.KeyVariable} and its secret into {account.SecretVariable}."),
            { HasGoodSid: false } => Finding.Error(
                Credentials, $"{account.SidVariable} is not an account sid: that is AC and 32 hexadecimal digits.", "Copy the Account SID from the Twilio console."),
            { AuthToken: null } => Finding.Error(
                Credentials, $"{account.TokenVariable} is not set: without it no signature can be checked.", "Copy the primary Auth Token from the Twilio console."),
            { HasTokenOfUsualForm: false } => Finding.Warning(
                Credentials, $"{account.TokenVariable} does not look like an auth token, which is 32 hexadecimal digits in lower case.", "Compare it with the primary Auth Token in the Twilio console."),
            _ => Finding.Ok(Credentials, $"{account.SidVariable} and {account.TokenVariable} have the right form."),
        };

        var key = account switch
        {
            { ApiKey: null, ApiSecret: null } => null,
            { ApiSecret: null } => Finding.Error(Credentials, $"{account.SecretVariable} is missing: {account.KeyVariable} is of no use without it.", "Make a new key in the console if the secret is lost: it is shown once."),
            { ApiKey: null } => Finding.Error(Credentials, $"{account.KeyVariable} is missing: {account.SecretVariable} is of no use without it."),
            { ApiKey: ['A', 'C', ..] } => Finding.Error(Credentials, $"{account.KeyVariable} holds an account's sid (AC…), not that of an API key (SK…).", "Make an API key in the Twilio console, under Account, API keys and tokens."),
            { HasGoodKey: false } => Finding.Error(Credentials, $"{account.KeyVariable} is not the sid of an API key: that is SK and 32 hexadecimal digits.", "Copy it from the Twilio console."),
            _ => null,
        };
        if (key is not null)
        {
            yield return key;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CredentialName();

    [GeneratedRegex(@"/(twilio|twilio/.+|twiml|streams|recording/status)/?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Routes();
}
