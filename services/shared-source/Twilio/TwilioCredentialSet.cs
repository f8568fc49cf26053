using System.Net.Http.Headers;
using System.Text;

namespace Burqi.Twilio;

/// <summary>What signs in to one account of Twilio's, and what that account signs its webhooks with. Empty is what was not given.</summary>
/// <param name="Name">The name that assistants know it by, as configured; null for the default set.</param>
/// <param name="AccountSid">The account, <c>AC</c> and 32 hexadecimal digits.</param>
/// <param name="AuthToken">The account's primary token: Twilio signs with it, and it signs in where no API key is given.</param>
/// <param name="ApiKey">An API key's sid. Preferred: it can be revoked by itself.</param>
/// <param name="ApiSecret">The key's secret.</param>
internal sealed record TwilioCredentialSet(string? Name, string AccountSid, string AuthToken, string ApiKey, string ApiSecret)
{
    /// <summary>One sentence on why nobody can sign in with it; null where that can be tried.</summary>
    public string? Lack => this switch
    {
        { ApiKey.Length: > 0, ApiSecret.Length: > 0 } or { AccountSid.Length: > 0, AuthToken.Length: > 0 } => null,
        { AuthToken.Length: > 0 } =>
            $"The credentials for Twilio are not whole: {Variable("AUTH_TOKEN")} is of no use without {Variable("ACCOUNT_SID")}.",
        _ => $"There are no credentials for Twilio: set {Variable("API_KEY")} and {Variable("API_SECRET")}, or {Variable("ACCOUNT_SID")} and {Variable("AUTH_TOKEN")}.",
    };

    /// <summary>The two variables that <see cref="Authorization"/> is made of, to name when Twilio does not accept them.</summary>
    public string SignsInWith => ApiKey.Length > 0
        ? $"{Variable("API_KEY")} and {Variable("API_SECRET")}"
        : $"{Variable("ACCOUNT_SID")} and {Variable("AUTH_TOKEN")}";

    /// <summary>What a request to Twilio's REST API is signed in with.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Lack"/>, which is the message.</exception>
    public AuthenticationHeaderValue Authorization()
    {
        if (Lack is { } lack)
        {
            throw new InvalidOperationException(lack);
        }

        var (user, password) = ApiKey.Length > 0 ? (ApiKey, ApiSecret) : (AccountSid, AuthToken);
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>Whether it is this account's.</summary>
    public bool IsOf(string? accountSid) => AccountSid.Length > 0 && string.Equals(AccountSid, accountSid, StringComparison.OrdinalIgnoreCase);

    /// <summary>The variable that holds one of its parts.</summary>
    public string Variable(string part) => VariableOf(Name, part);

    /// <summary>Which names are one: those that the same variables hold.</summary>
    internal static string KeyOf(string name) => name.ToUpperInvariant().Replace('-', '_');

    internal static string VariableOf(string? name, string part) => name is null ? $"TWILIO_{part}" : $"TWILIO_{KeyOf(name)}_{part}";

    /// <summary>Never a secret: records print all they hold.</summary>
    public override string ToString() => Name ?? "default";
}
