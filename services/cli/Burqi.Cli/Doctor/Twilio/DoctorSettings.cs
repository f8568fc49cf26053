using System.Text.RegularExpressions;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>What the environment says of Twilio, read as the services read it: trimmed, and blank is unset.</summary>
internal sealed class DoctorSettings
{
    private const string DefaultApi = "https://api.twilio.com";
    private readonly Func<string, string?> _variable;

    public DoctorSettings(Func<string, string?> variable)
    {
        _variable = variable;
        PublicBaseUrl = Value("CALLBACK_URI_HOST")?.TrimEnd('/');
        ApiBaseUrl = (Value("TWILIO_API_BASE_URL") ?? DefaultApi).TrimEnd('/');
        CredentialNames = [.. (Value("TWILIO_CREDENTIALS") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        Accounts = [Account(null), .. CredentialNames.Select(Account)];
    }

    public string? PublicBaseUrl { get; }

    public string ApiBaseUrl { get; }

    public IReadOnlyList<string> CredentialNames { get; }

    /// <summary>The default account first, then those of <c>TWILIO_CREDENTIALS</c>.</summary>
    public IReadOnlyList<AccountSettings> Accounts { get; }

    public string? Value(string name) => _variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>The lines of a file such as <c>.env</c>, beneath what the environment says: <c>NAME=value</c>, as Docker Compose reads them.</summary>
    public static Func<string, string?> ReadFile(IEnumerable<string> lines, Func<string, string?> environment)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (name, value) = line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (line[..equals].TrimEnd(), line[(equals + 1)..].Trim()) : (line, "");
            values[name.StartsWith("export ", StringComparison.Ordinal) ? name["export ".Length..].Trim() : name] = Unquote(value);
        }

        return name => environment(name) ?? values.GetValueOrDefault(name);
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is var end and > 0)
        {
            return value[1..end];
        }

        return value.IndexOf(" #", StringComparison.Ordinal) is var comment and >= 0 ? value[..comment].TrimEnd() : value;
    }

    private AccountSettings Account(string? name)
    {
        var prefix = name is null ? "TWILIO_" : $"TWILIO_{name.ToUpperInvariant().Replace('-', '_')}_";
        return new AccountSettings(
            name, prefix, Value(prefix + "ACCOUNT_SID"), Value(prefix + "AUTH_TOKEN"), Value(prefix + "API_KEY"), Value(prefix + "API_SECRET"));
    }
}

/// <summary>One account's credentials.</summary>
/// <param name="Name">Its name in <c>TWILIO_CREDENTIALS</c>; null for the default.</param>
/// <param name="Prefix">What its variables begin with.</param>
/// <param name="Sid">The account's sid.</param>
/// <param name="AuthToken">Its auth token.</param>
/// <param name="ApiKey">An API key's sid.</param>
/// <param name="ApiSecret">The key's secret.</param>
internal sealed partial record AccountSettings(string? Name, string Prefix, string? Sid, string? AuthToken, string? ApiKey, string? ApiSecret)
{
    public string SidVariable => Prefix + "ACCOUNT_SID";

    public string TokenVariable => Prefix + "AUTH_TOKEN";

    public string KeyVariable => Prefix + "API_KEY";

    public string SecretVariable => Prefix + "API_SECRET";

    /// <summary>The account in a sentence.</summary>
    public string Title => Name is null ? "the account" : $"the account '{Name}'";

    public bool HasGoodSid => Sid is not null && AccountSid().IsMatch(Sid);

    public bool HasTokenOfUsualForm => AuthToken is not null && Token().IsMatch(AuthToken);

    public bool HasGoodKey => ApiKey is not null && ApiSecret is not null && KeySid().IsMatch(ApiKey);

    [GeneratedRegex(@"\AAC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountSid();

    [GeneratedRegex(@"\ASK[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeySid();

    [GeneratedRegex(@"\A[0-9a-f]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();
}
