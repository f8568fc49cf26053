using System.Net;
using Burqi.Access;

namespace Burqi.Catalog;

/// <summary>Catalog's settings, from the environment variables each names.</summary>
internal sealed class CatalogOptions
{
    /// <summary><c>BURQI_DATABASE_URL</c>: an Npgsql connection string (hosting turns a <c>postgres://</c> URL into one). Required.</summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary><c>BURQI_API_KEYS</c>: the keys that open the API, separated by commas. At least one; each of at least 16 characters.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary><c>BURQI_API_REQUESTS_PER_MINUTE</c>: how many requests a minute each key may make of this process, where the key says nothing else. Default 1200.</summary>
    public int RequestsPerMinute { get; set; } = RequestLimits.DefaultRequestsPerMinute;

    /// <summary><c>BURQI_TRUSTED_PROXIES</c>: whose forwarded headers are believed. Optional.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    public List<string> Unreadable { get; } = [];

    public AccessSettings Access => new() { Keys = ApiKeys, RequestsPerMinute = RequestsPerMinute, TrustedProxies = TrustedProxies };

    /// <summary>Takes over what is said of the door; null leaves what is set.</summary>
    public void ReadAccess(string? requestsPerMinute, string? trustedProxies)
    {
        RequestsPerMinute = AccessSettings.ReadRequestsPerMinute(requestsPerMinute, Unreadable);
        TrustedProxies = ClientAddress.Read(trustedProxies, Unreadable);
    }
}
