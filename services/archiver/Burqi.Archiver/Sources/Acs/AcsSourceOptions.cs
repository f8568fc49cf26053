using Burqi.Acs;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>How the archiver reaches what ACS recorded. Without a connection string it fetches nothing that ACS keeps itself.</summary>
public sealed class AcsSourceOptions
{
    /// <summary>The hosts that ACS's own libraries let their keys be used at.</summary>
    internal static readonly IReadOnlyList<string> DocumentedHosts = ["*.asm.skype.com", "*.asyncgw.teams.microsoft.com", "*.ams.gov.teams.microsoft.us"];

    /// <summary>ACS deletes what it keeps itself a day after it was made.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary><c>ACS_CONNECTION_STRING</c>: the resource and its access key, with which requests for content are signed.</summary>
    internal AcsConnection? Connection { get; private set; }

    /// <summary>
    /// <c>BURQI_ACS_CONTENT_HOSTS</c>: the hosts that content may be fetched from besides the resource's own, separated by commas; <c>*.</c>
    /// before a name stands for anything before it. Default: the three that ACS's own libraries know.
    /// </summary>
    internal IReadOnlyList<string> ContentHosts { get; private set; } = DocumentedHosts;

    /// <summary><c>RECORDING_USE_BYOS</c>: whether ACS puts its recordings into a container of ours, the one that <c>AZURE_STORAGE_…</c> name.</summary>
    internal bool UseByos { get; private set; }

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over the variables; null leaves the default.</summary>
    internal void Read(string? connectionString, string? contentHosts, string? useByos)
    {
        try
        {
            Connection = connectionString is null ? null : AcsConnection.Parse(connectionString);
        }
        catch (FormatException exception)
        {
            Unreadable.Add($"ACS_CONNECTION_STRING {exception.Message}");
        }

        if (contentHosts is not null)
        {
            ContentHosts = contentHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Unreadable.AddRange(ContentHosts
                .Where(host => !IsHost(host))
                .Select(host => $"BURQI_ACS_CONTENT_HOSTS has the entry '{host}': give names of hosts without a scheme, port or path, such as storage.example or *.storage.example."));
        }

        if (useByos is not null)
        {
            UseByos = bool.TryParse(useByos, out var use) && use;
            if (!bool.TryParse(useByos, out _))
            {
                Unreadable.Add($"RECORDING_USE_BYOS is '{useByos}': give true or false.");
            }
        }
    }

    /// <summary>Whether content may be fetched there. Only a server on this machine may be at another port, or without TLS.</summary>
    internal bool IsContentHost(Uri uri) =>
        (uri is { Scheme: "https", IsDefaultPort: true } || (uri.IsLoopback && uri.Scheme is "http" or "https"))
        && (ContentHosts.Any(pattern => Matches(uri.IdnHost, pattern))
            || string.Equals(uri.Authority, Connection?.Endpoint.Authority, StringComparison.OrdinalIgnoreCase));

    private static bool IsHost(string pattern) =>
        Uri.CheckHostName(pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern) != UriHostNameType.Unknown;

    private static bool Matches(string host, string pattern) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : string.Equals(host, pattern, StringComparison.OrdinalIgnoreCase);
}
