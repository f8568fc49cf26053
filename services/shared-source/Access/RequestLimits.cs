using System.Net;
using System.Threading.RateLimiting;

namespace Burqi.Access;

/// <summary>
/// How much each caller may ask for, and how often an address may come with a key that is none. Each process counts for itself. Who has a key that is
/// good is never kept out by those who try others from the same address: several callers may share one.
/// </summary>
internal sealed class RequestLimits(int requestsPerMinute) : IDisposable
{
    /// <summary>Where nothing is configured.</summary>
    public const int DefaultRequestsPerMinute = 1200;

    /// <summary>The greatest that can be given to a key or configured.</summary>
    public const int MostRequestsPerMinute = 1_000_000;

    private const int FailuresPerMinute = 60;
    private const int BytesOfANetwork = 8;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<Caller> callers = PartitionedRateLimiter.Create<Caller, (string Id, int Limit)>(caller =>
        RateLimitPartition.GetTokenBucketLimiter((caller.Id, Limit: caller.RequestsPerMinute ?? requestsPerMinute), key => Bucket(key.Limit)));

    private readonly PartitionedRateLimiter<string> failures = PartitionedRateLimiter.Create<string, string>(
        address => RateLimitPartition.GetTokenBucketLimiter(address, _ => Bucket(FailuresPerMinute)));

    /// <summary>Null where the caller may; otherwise when to come again.</summary>
    public TimeSpan? Take(Caller caller) => Wait(callers, caller);

    /// <summary>Counts a key that is none; null where the address may try another.</summary>
    public TimeSpan? Failed(string? address) => Wait(failures, Network(address));

    public void Dispose()
    {
        callers.Dispose();
        failures.Dispose();
    }

    /// <summary>A minute's worth at once, and then one after the other: the limiter gives what the time since makes, however short the period.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int limit) => new()
    {
        TokenLimit = limit,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / limit,
        QueueLimit = 0,
        AutoReplenishment = true,
    };

    private static TimeSpan? Wait<T>(PartitionedRateLimiter<T> limiter, T who)
    {
        using var lease = limiter.AttemptAcquire(who);
        return lease.IsAcquired ? null
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > ShortestWait ? wait
            : ShortestWait;
    }

    // Who has one IPv6 address has all of its network.
    private static string Network(string? address) =>
        IPAddress.TryParse(address, out var parsed) && parsed is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(parsed.GetAddressBytes()[..BytesOfANetwork])
            : address ?? "";
}
