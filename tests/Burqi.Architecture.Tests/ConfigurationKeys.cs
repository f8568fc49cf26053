using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests;

/// <summary>The names of configuration the code reads, found as whole string literals in the source.</summary>
internal static partial class ConfigurationKeys
{
    // Asked once for each of hundreds of variables, and each answer reads every source file of a service.
    private static readonly ConcurrentDictionary<string, IReadOnlySet<string>> OfServices = new(StringComparer.Ordinal);

    public static IReadOnlySet<string> All { get; } = In(Repository.Files("services", ".cs"));

    /// <summary>What the code of a service, of hosting and of shared source names.</summary>
    public static IReadOnlySet<string> ReadBy(string serviceFolder) => OfServices.GetOrAdd(serviceFolder, static folder => In(
        Repository.Files($"services/{folder}", ".cs").Concat(Repository.Files("services/hosting", ".cs")).Concat(Repository.Files("services/shared-source", ".cs"))));

    private static HashSet<string> In(IEnumerable<string> paths) => paths
        .SelectMany(path => Literal().Matches(Repository.Read(path)))
        .Select(match => match.Groups["name"].Value)
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"""(?<name>(?:BURQI|TWILIO|ACS|AWS|AZURE|S3|OTEL|CALLBACK|RECORDING)_[A-Z0-9_]+)""")]
    private static partial Regex Literal();
}
