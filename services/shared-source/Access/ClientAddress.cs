using System.Net;
using Microsoft.AspNetCore.Http;

namespace Burqi.Access;

/// <summary>Where a request came from: the peer of the connection or, where that is a proxy we trust, what it says of its own peer.</summary>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> trustedProxies)
{
    private const string Forwarded = "X-Forwarded-For";
    private const string ForwardedScheme = "X-Forwarded-Proto";

    /// <summary>The networks that the variable <c>BURQI_TRUSTED_PROXIES</c> holds, separated by commas; what is none is noted.</summary>
    public static IReadOnlyList<IPNetwork> Read(string? value, ICollection<string> unreadable)
    {
        var networks = new List<IPNetwork>();
        foreach (var entry in value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                unreadable.Add($"BURQI_TRUSTED_PROXIES names '{entry}', which is neither an address nor a network: give a list such as 10.0.0.0/8,192.0.2.7.");
            }
        }

        return networks;
    }

    /// <summary>The address as text; null where the connection has none.</summary>
    public string? Of(HttpContext context)
    {
        if (Plain(context.Connection.RemoteIpAddress) is not { } peer)
        {
            return null;
        }

        // Each proxy appends its peer: from the end on, the first that is no proxy of ours. What stands before it anybody may have written.
        var hops = context.Request.Headers[Forwarded].ToString().Split(',', StringSplitOptions.TrimEntries);
        for (var hop = hops.Length - 1; hop >= 0 && IsTrusted(peer) && Plain(IPAddress.TryParse(hops[hop], out var address) ? address : null) is { } before; hop--)
        {
            peer = before;
        }

        return peer.ToString();
    }

    /// <summary>Whether the client's connection is encrypted, as far as is known here.</summary>
    public bool IsEncrypted(HttpContext context) =>
        context.Request.IsHttps
        || (Plain(context.Connection.RemoteIpAddress) is { } peer && IsTrusted(peer)
            && string.Equals(context.Request.Headers[ForwardedScheme].ToString().Split(',')[0].Trim(), "https", StringComparison.OrdinalIgnoreCase));

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private bool IsTrusted(IPAddress peer) => trustedProxies.Any(network => network.Contains(peer));
}
