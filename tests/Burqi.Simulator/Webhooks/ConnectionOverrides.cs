using System.Globalization;

namespace Burqi.Simulator.Webhooks;

/// <summary>What a webhook's URL asks of its delivery, in its fragment: <c>#rc=3&amp;rp=ct,rt</c>. Twilio's defaults where it is silent.</summary>
public sealed record ConnectionOverrides
{
    private static readonly string[] Edges =
        ["ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"];

    private static readonly string[] Policies = ["4xx", "5xx", "ct", "rt", "all"];

    /// <summary><c>ct</c>: how long a connection may take to open.</summary>
    public TimeSpan ConnectTimeout { get; private init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>rt</c>: how long an answer may take once connected.</summary>
    public TimeSpan ReadTimeout { get; private init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>tt</c>: how long all attempts may take together.</summary>
    public TimeSpan TotalTimeout { get; private init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>rc</c>: how many times a failed request is sent again.</summary>
    public int RetryCount { get; private init; } = 1;

    /// <summary><c>rp</c>: which failures are worth another attempt.</summary>
    public IReadOnlySet<string> RetryPolicy { get; private init; } = new HashSet<string>(StringComparer.Ordinal) { "ct" };

    /// <summary>Whether a failure of kind <paramref name="failure"/> is sent again.</summary>
    public bool Retries(WebhookFailure failure) => failure switch
    {
        WebhookFailure.None => false,
        WebhookFailure.Connect => RetryPolicy.Contains("ct") || RetryPolicy.Contains("all"),
        WebhookFailure.Read => RetryPolicy.Contains("rt") || RetryPolicy.Contains("all"),
        WebhookFailure.ClientError => RetryPolicy.Contains("4xx") || RetryPolicy.Contains("all"),
        WebhookFailure.ServerError => RetryPolicy.Contains("5xx") || RetryPolicy.Contains("all"),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    /// <summary>Reads the fragment of <paramref name="url"/>.</summary>
    /// <exception cref="FormatException">The fragment holds something Twilio does not know; the message says what.</exception>
    public static ConnectionOverrides Parse(string url)
    {
        var overrides = new ConnectionOverrides();
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0)
        {
            return overrides;
        }

        foreach (var pair in url[(hash + 1)..].Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"'{pair}' in the fragment is not key=value");
            }

            var value = pair[(equals + 1)..];
            overrides = pair[..equals] switch
            {
                "ct" => overrides with { ConnectTimeout = Milliseconds("ct", value, 10000) },
                "rt" => overrides with { ReadTimeout = Milliseconds("rt", value, 15000) },
                "tt" => overrides with { TotalTimeout = Milliseconds("tt", value, 15000) },
                "rc" => overrides with { RetryCount = Number("rc", value, 0, 5) },
                "rp" => overrides with { RetryPolicy = Words("rp", value, Policies) },
                "e" when Words("e", value, Edges).Count > 0 => overrides,
                var key => throw new FormatException($"'{key}' is not a connection override"),
            };
        }

        return overrides;
    }

    private static TimeSpan Milliseconds(string key, string value, int most) => TimeSpan.FromMilliseconds(Number(key, value, 100, most));

    private static int Number(string key, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"'{key}={value}' is not a number from {least} to {most}");

    private static HashSet<string> Words(string key, string value, string[] known)
    {
        var words = value.Split(',').ToHashSet(StringComparer.Ordinal);
        return words.FirstOrDefault(w => !known.Contains(w)) is { } unknown
            ? throw new FormatException($"'{unknown}' is not a value of '{key}'")
            : words;
    }
}
