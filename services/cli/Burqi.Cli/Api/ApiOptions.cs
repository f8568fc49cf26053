using System.CommandLine;

namespace Burqi.Cli.Api;

/// <summary>Which Burqi a command speaks to: the two options that each such command has.</summary>
internal sealed class ApiOptions
{
    private const string UrlVariable = "BURQI_API_URL";
    private const string KeyVariable = "BURQI_API_KEY";
    private const string KeysVariable = "BURQI_API_KEYS";
    private const string DefaultUrl = "http://127.0.0.1:8000";

    private readonly Option<string?> _url = new("--url") { Description = $"Where Burqi answers. Default: {UrlVariable}, else {DefaultUrl}." };

    private readonly Option<string?> _key = new("--key") { Description = $"An API key. Default: {KeyVariable}, else the first of {KeysVariable}. Others on this machine can see it here: prefer the variable." };

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_key);
    }

    /// <summary>Whether a command that can do without Burqi is to ask one: an address or a key was given to it, or <c>BURQI_API_URL</c> is set.</summary>
    public bool AreGiven(ParseResult parsed) => parsed.GetValue(_url) is not null || parsed.GetValue(_key) is not null || Variable(UrlVariable) is not null;

    /// <summary>The client for what was given.</summary>
    /// <exception cref="ApiException">The address is none, or there is no key.</exception>
    public BurqiApi Open(ParseResult parsed)
    {
        var given = parsed.GetValue(_url) ?? Variable(UrlVariable) ?? DefaultUrl;
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            throw new ApiException($"'{given}' is not the address of a Burqi: give --url (or {UrlVariable}) like {DefaultUrl}.");
        }

        var key = parsed.GetValue(_key) ?? Variable(KeyVariable) ?? Variable(KeysVariable)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        return key?.Trim() switch
        {
            null or "" => throw new ApiException($"There is no API key: set {KeyVariable} (or {KeysVariable}), or give --key."),
            var sound when sound.All(character => character is > ' ' and < '\x7f') => new BurqiApi(url, sound),
            _ => throw new ApiException("The API key has characters that no key has."),
        };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
