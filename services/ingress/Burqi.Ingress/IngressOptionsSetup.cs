using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress;

/// <summary>Reads <see cref="IngressOptions"/> from the environment's flat names, and says what is wrong with them.</summary>
internal sealed class IngressOptionsSetup(IConfiguration configuration) : IConfigureOptions<IngressOptions>, IValidateOptions<IngressOptions>
{
    // Twilio gives up on a voice webhook after 15 s whatever it is told; two waits (bus, then spool) must fit well within.
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromSeconds(6);

    public void Configure(IngressOptions options)
    {
        options.PublicBaseUrl = configuration["CALLBACK_URI_HOST"]?.Trim().TrimEnd('/');
        options.DataDirectory = configuration["BURQI_DATA_DIR"] ?? options.DataDirectory;
        options.JournalEveryEvent = (configuration["BURQI_BUS"] ?? "memory").Equals("memory", StringComparison.OrdinalIgnoreCase);
        options.TrustedProxies = ReadNetworks(options.Problems);
        options.VoiceDeadline = ReadDeadline("BURQI_INGRESS_VOICE_DEADLINE_MS", options.VoiceDeadline, options.Problems);
        options.CallbackDeadline = ReadDeadline("BURQI_INGRESS_CALLBACK_DEADLINE_MS", options.CallbackDeadline, options.Problems);
        options.SpoolLimitBytes = ReadMebibytes("BURQI_INGRESS_SPOOL_LIMIT_MB", options.SpoolLimitBytes, options.Problems);
    }

    public ValidateOptionsResult Validate(string? name, IngressOptions options)
    {
        var failures = new List<string>(options.Problems);
        if (options.PublicBaseUrl is { } baseUrl && BaseUrlProblem(baseUrl) is { } problem)
        {
            failures.Add(problem);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // The value itself is not repeated: it may carry a user name and a password.
    private static string? BaseUrlProblem(string baseUrl)
    {
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            return "CALLBACK_URI_HOST is not an http or https URL: give the public base URL, such as https://burqi.example.com.";
        }

        if (baseUrl.Contains('?', StringComparison.Ordinal) || baseUrl.Contains('#', StringComparison.Ordinal))
        {
            return "CALLBACK_URI_HOST has a query or a fragment: give the base URL alone, such as https://burqi.example.com.";
        }

        return url.Scheme == "https" || url.IsLoopback
            ? null
            : "CALLBACK_URI_HOST begins with http: Twilio opens media streams over TLS only, so give the https URL (http is for loopback).";
    }

    private List<IPNetwork> ReadNetworks(List<string> problems)
    {
        var networks = new List<IPNetwork>();
        var entries = (configuration["BURQI_TRUSTED_PROXIES"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var entry in entries)
        {
            if (IPAddress.TryParse(entry, out var address))
            {
                address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                networks.Add(network);
            }
            else
            {
                problems.Add($"BURQI_TRUSTED_PROXIES names '{entry}', which is neither an address nor a network: give a list such as 10.0.0.0/8,192.0.2.7.");
            }
        }

        return networks;
    }

    private TimeSpan ReadDeadline(string name, TimeSpan otherwise, List<string> problems)
    {
        if (configuration[name] is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds > 0
            && TimeSpan.FromMilliseconds(milliseconds) <= LongestDeadline)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        problems.Add($"{name} is '{text}': give whole milliseconds from 1 to {LongestDeadline.TotalMilliseconds:0}.");
        return otherwise;
    }

    private long ReadMebibytes(string name, long otherwise, List<string> problems)
    {
        if (configuration[name] is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) && mebibytes > 0)
        {
            return mebibytes * 1024L * 1024L;
        }

        problems.Add($"{name} is '{text}': give a whole number of mebibytes, 1 or more.");
        return otherwise;
    }
}
