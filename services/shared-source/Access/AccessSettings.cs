using System.Globalization;
using System.Net;

namespace Burqi.Access;

/// <summary>What the configuration says of the door.</summary>
internal sealed record AccessSettings
{
    /// <summary><c>BURQI_API_KEYS</c>.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary><c>BURQI_API_REQUESTS_PER_MINUTE</c>.</summary>
    public required int RequestsPerMinute { get; init; }

    /// <summary><c>BURQI_TRUSTED_PROXIES</c>.</summary>
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Reads the variable; what is no such number is noted.</summary>
    public static int ReadRequestsPerMinute(string? value, ICollection<string> unreadable)
    {
        if (value?.Trim() is not { Length: > 0 } text)
        {
            return RequestLimits.DefaultRequestsPerMinute;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= RequestLimits.MostRequestsPerMinute)
        {
            return number;
        }

        unreadable.Add($"BURQI_API_REQUESTS_PER_MINUTE is '{text}': give a number from 1 to {RequestLimits.MostRequestsPerMinute}.");
        return RequestLimits.DefaultRequestsPerMinute;
    }
}
