using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Burqi.Hosting.Processes;

namespace Burqi.Demo;

/// <summary>What the demo reads from the environment that run.sh prepares.</summary>
internal sealed record DemoSettings
{
    private const int DefaultPort = 8000;

    /// <summary>What all-in-one is told to listen on.</summary>
    public required string Urls { get; init; }

    /// <summary>Where this machine reaches it.</summary>
    public required Uri BaseAddress { get; init; }

    public required string ApiKey { get; init; }

    /// <summary>How a shell is to write the key.</summary>
    public required string ApiKeyInShell { get; init; }

    public required string AccountSid { get; init; }

    public required string AuthToken { get; init; }

    public required string DataFolder { get; init; }

    public required string RecordingsFolder { get; init; }

    public static DemoSettings Read()
    {
        var urls = Optional("BURQI_URLS") ?? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(IsTaken(DefaultPort) ? FreePort.Next() : DefaultPort)}");
        var first = urls.Split(';', ',')[0].Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal);
        var address = new UriBuilder(first);
        if (address.Host is "0.0.0.0" or "[::]")
        {
            address.Host = "127.0.0.1";
        }

        return new DemoSettings
        {
            Urls = urls,
            BaseAddress = address.Uri,
            ApiKey = Required("BURQI_API_KEYS").Split(',')[0].Trim(),
            ApiKeyInShell = Optional("BURQI_API_KEY_FILE") is { } file ? $"$(cat {file})" : "${BURQI_API_KEYS%%,*}",
            AccountSid = Required("TWILIO_ACCOUNT_SID"),
            AuthToken = Required("TWILIO_AUTH_TOKEN"),
            DataFolder = Path.GetFullPath(Optional("BURQI_DATA_DIR") ?? "data"),
            RecordingsFolder = Path.GetFullPath(Optional("BURQI_RECORDINGS_DIR") ?? "recordings"),
        };
    }

    private static bool IsTaken(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Any(listener => listener.Port == port && (IPAddress.IsLoopback(listener.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any)));

    private static string? Optional(string name) => Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static string Required(string name) => Optional(name) ?? throw new DemoFailedException($"{name} is missing: start the demo by 'make demo', which prepares it.");
}
