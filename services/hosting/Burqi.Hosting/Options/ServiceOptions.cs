using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Options;

/// <summary>What every process of the house reads: where it listens and how long it may take to stop.</summary>
internal sealed class ServiceOptions
{
    public const string UrlsName = "BURQI_URLS";
    public const string ShutdownName = "BURQI_SHUTDOWN_SECONDS";

    private const string DefaultUrls = "http://127.0.0.1:8000";

    /// <summary>The addresses the process listens on.</summary>
    public IReadOnlyList<string> Urls { get; private init; } = [];

    /// <summary>How long an orderly stop may take. 25 s: an orchestrator's usual patience is 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; private init; }

    public IReadOnlyList<string> Errors { get; private init; } = [];

    public static ServiceOptions Read(IConfiguration configuration)
    {
        var reader = new SettingReader(configuration);
        var urls = (reader.Text(UrlsName) ?? DefaultUrls).Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var usable = new List<string>();
        foreach (var url in urls)
        {
            if (IsListeningAddress(url))
            {
                usable.Add(url);
            }
            else
            {
                reader.Fail($"{UrlsName} holds '{url}': each address must read http://host:port, such as {DefaultUrls} or http://0.0.0.0:8000.");
            }
        }

        return new ServiceOptions
        {
            Urls = usable,
            ShutdownTimeout = reader.Seconds(ShutdownName, defaultValue: 25, minimum: 1, maximum: 3600),
            Errors = reader.Errors,
        };
    }

    // Kestrel also takes http://*:8000 and http://+:8000, which are no URIs.
    private static bool IsListeningAddress(string url)
    {
        var plain = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(plain, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.PathAndQuery == "/";
    }
}
