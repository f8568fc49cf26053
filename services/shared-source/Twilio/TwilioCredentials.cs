using System.Buffers;

namespace Burqi.Twilio;

/// <summary>
/// The sets of credentials that the environment holds: the default one under <c>TWILIO_ACCOUNT_SID</c> and so on, and one for each name in
/// <c>TWILIO_CREDENTIALS</c> under <c>TWILIO_{NAME}_ACCOUNT_SID</c> and so on (upper case, <c>_</c> for <c>-</c>). Which set is a call's: the
/// one its assistant names; else that of its account; else the default.
/// </summary>
internal sealed class TwilioCredentials
{
    /// <summary>The variable that lists the names.</summary>
    public const string NamesVariable = "TWILIO_CREDENTIALS";

    private const int LongestName = 64;
    private const int SidLength = 34;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private TwilioCredentials(TwilioCredentialSet standard, IReadOnlyList<TwilioCredentialSet> named, IReadOnlyList<string> problems) =>
        (Default, Named, Problems) = (standard, named, problems);

    /// <summary>Nothing at all.</summary>
    public static TwilioCredentials None { get; } = Read(_ => null);

    /// <summary>The set without a name. It may be empty.</summary>
    public TwilioCredentialSet Default { get; }

    /// <summary>The sets with a name, in the order they were given.</summary>
    public IReadOnlyList<TwilioCredentialSet> Named { get; }

    /// <summary>All sets, the default one first.</summary>
    public IEnumerable<TwilioCredentialSet> All => [Default, .. Named];

    /// <summary>One sentence for each thing that is wrong with them; none of them repeats a value.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>One sentence, for whoever checks signatures, where the default set's could not be checked; that of a named set is among <see cref="Problems"/>.</summary>
    public IEnumerable<string> MissingToken => Default.AuthToken.Length == 0 ? [TokenMissing(Default)] : [];

    /// <summary>Reads them from the environment's flat names; <paramref name="setting"/> answers null for what is not set.</summary>
    public static TwilioCredentials Read(Func<string, string?> setting)
    {
        var problems = new List<string>();
        var named = new List<TwilioCredentialSet>();
        foreach (var name in Value(NamesVariable).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Length > LongestName || name.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                problems.Add($"{NamesVariable} holds a name that is none: give 1 to {LongestName} letters, digits, _ and - for each, with commas between them.");
            }
            else if (named.Any(other => IsSame(other.Name!, name)))
            {
                problems.Add($"{NamesVariable} names '{name}' twice: names that differ in case, or in _ and -, have the same variables.");
            }
            else
            {
                named.Add(new TwilioCredentialSet(name, Part("ACCOUNT_SID"), Part("AUTH_TOKEN"), Part("API_KEY"), Part("API_SECRET")));
            }

            string Part(string part) => Value(TwilioCredentialSet.VariableOf(name, part));
        }

        var standard = new TwilioCredentialSet(
            null, Value("TWILIO_ACCOUNT_SID"), Value("TWILIO_AUTH_TOKEN"), Value("TWILIO_API_KEY"), Value("TWILIO_API_SECRET"));
        var credentials = new TwilioCredentials(standard, named, problems);
        foreach (var set in credentials.All)
        {
            problems.AddRange(ProblemsOf(set));
        }

        problems.AddRange(credentials.All
            .Where(set => set.AccountSid.Length > 0 && set.AuthToken.Length > 0)
            .GroupBy(set => set.AccountSid, StringComparer.OrdinalIgnoreCase)
            .Where(account => account.DistinctBy(set => set.AuthToken, StringComparer.Ordinal).Count() > 1)
            .Select(account =>
                $"{string.Join(" and ", account.Select(set => set.Variable("AUTH_TOKEN")))} differ, and are of one account: an account has one primary token."));
        return credentials;

        string Value(string name) => setting(name)?.Trim() ?? "";
    }

    /// <summary>The set of this name; null: there is none.</summary>
    public TwilioCredentialSet? Find(string name) => Named.FirstOrDefault(set => IsSame(set.Name!, name));

    /// <summary>The set whose account this is; null: none is.</summary>
    public TwilioCredentialSet? FindAccount(string? accountSid) =>
        All.FirstOrDefault(set => set.IsOf(accountSid));

    /// <summary>The set of this account, else the default one: what webhooks are checked with.</summary>
    public TwilioCredentialSet Of(string? accountSid) => FindAccount(accountSid) ?? Default;

    /// <summary>
    /// The set for a call. Null: its assistant names one that this process does not have, for which no other may stand in; somebody may add it.
    /// </summary>
    public TwilioCredentialSet? Choose(string? assistantsName, string? accountSid) =>
        assistantsName is { Length: > 0 } name ? Find(name) : Of(accountSid);

    /// <summary>One sentence for whoever <see cref="Choose"/> answers null.</summary>
    public static string Missing(string name) =>
        $"The assistant's Twilio credentials are named '{name}', which this process does not have: add the name to {NamesVariable} and set {TwilioCredentialSet.VariableOf(name, "ACCOUNT_SID")} and so on.";

    private static bool IsSame(string name, string other) => TwilioCredentialSet.KeyOf(name) == TwilioCredentialSet.KeyOf(other);

    private static IEnumerable<string> ProblemsOf(TwilioCredentialSet set)
    {
        var (account, key, secret) = (set.Variable("ACCOUNT_SID"), set.Variable("API_KEY"), set.Variable("API_SECRET"));
        if (set.AccountSid.Length > 0 && !IsAccountSid(set.AccountSid))
        {
            yield return $"{account} is not an account sid: it has AC and 32 hexadecimal digits.";
        }

        if (set.ApiKey.Length > 0 != set.ApiSecret.Length > 0)
        {
            yield return set.ApiKey.Length > 0
                ? $"{secret} is missing: {key} is set, and neither is of use without the other."
                : $"{key} is missing: {secret} is set, and neither is of use without the other.";
        }

        if (set.ApiKey.Length > 0 && !set.ApiKey.StartsWith("SK", StringComparison.Ordinal))
        {
            yield return $"{key} does not name an API key: its sid begins with SK. An account signs in by {account} and {set.Variable("AUTH_TOKEN")}.";
        }

        // Of the default set nothing is required: whoever needs a part of it says so.
        if (set.Name is not null && set.AccountSid.Length == 0)
        {
            yield return $"{account} is missing: {NamesVariable} names '{set.Name}', and a set of credentials belongs to an account.";
        }
        else if (set.Name is not null && set.AuthToken.Length == 0)
        {
            // The services are given the same sets: what would stop one of them stops each.
            yield return TokenMissing(set);
        }
    }

    private static string TokenMissing(TwilioCredentialSet set) =>
        $"{set.Variable("AUTH_TOKEN")} is missing: without it Twilio's signatures cannot be checked.";

    private static bool IsAccountSid(string sid) =>
        sid.Length == SidLength && sid.StartsWith("AC", StringComparison.Ordinal) && !sid.AsSpan(2).ContainsAnyExcept(HexDigits);
}
