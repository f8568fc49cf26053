using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Burqi.Architecture.Tests.Rooms;
using Microsoft.Extensions.Logging;

namespace Burqi.Architecture.Tests.Logging;

/// <summary>Log events: source-generated, with ids an alert can rely on, without anything that must not be written down.</summary>
public sealed partial class EventIdsTests
{
    private const int IdsPerService = 1000;

    private static readonly Dictionary<string, int> FirstIds = Product.Services.ToDictionary(service => service.Name, service => service.FirstEventId, StringComparer.Ordinal)
        .Append(new("hosting", 1000))
        .Append(new("all-in-one", 6000))
        .ToDictionary(StringComparer.Ordinal);

    private static IReadOnlyList<(Assembly Assembly, MethodInfo Method, LoggerMessageAttribute Event)> Events { get; } = Product.Assemblies
        .SelectMany(assembly => assembly.GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Select(method => (method.DeclaringType!.Assembly, method, method.GetCustomAttribute<LoggerMessageAttribute>()!))
        .Where(found => found.Item3 is not null)
        .ToArray();

    [Fact]
    public void EventIds_OfAllServices_AreUnique()
    {
        Events.ShouldNotBeEmpty();
        Events.GroupBy(logged => logged.Event.EventId).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(logged => logged.Method.DeclaringType + "." + logged.Method.Name))}")
            .ShouldBeEmpty("an alert on an id must mean one thing");
    }

    [Fact]
    public void EventIds_OfAService_LieInItsRange() => Rule.HoldsFor(
        Events,
        logged =>
        {
            var first = FirstIds[Product.Services.SingleOrDefault(service => service.Assembly == logged.Assembly)?.Name ?? "hosting"];
            return logged.Event.EventId >= first && logged.Event.EventId < first + IdsPerService
                ? []
                : [$"{logged.Method.DeclaringType}.{logged.Method.Name} has the id {logged.Event.EventId}; its service's begin at {first}"];
        },
        "hosting 1000, ingress 2000, media 3000, archiver 4000, catalog 5000, all-in-one 6000");

    [Fact]
    public void EveryService_Logs_Something() => Rule.HoldsFor(
        Product.Assemblies,
        assembly => Events.Any(logged => logged.Assembly == assembly) ? [] : [$"{assembly.GetName().Name} has no log event"],
        "the rules above are about every service");

    [Fact]
    public void EventIds_InSource_LieInTheRangeOfTheirFolder() => Rule.HoldsFor(
        Repository.Files("services", ".cs").SelectMany(path => EventIdInSource().Matches(Repository.Read(path)).Select(match => (Path: path, Id: int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)))),
        logged => FirstIds.TryGetValue(logged.Path.Split('/')[1], out var first) && logged.Id >= first && logged.Id < first + IdsPerService
            ? []
            : [$"{logged.Path}: {logged.Id}"],
        "all-in-one cannot be referenced beside the services, so its ids are read from its text, and everybody's with them");

    [Fact]
    public void LogTemplate_Placeholders_NameNothingSecretOrPersonal() => Rule.HoldsFor(
        Events,
        logged => Placeholder().Matches(logged.Event.Message).Select(match => match.Groups[1].Value)
            .Where(name => Forbidden().IsMatch(name))
            .Select(name => $"{logged.Method.DeclaringType}.{logged.Method.Name} writes {{{name}}}"),
        "phone numbers, tokens, signatures and query strings stay out of the logs");

    [Fact]
    public void Logging_ByHand_IsNotDone() => Rule.HoldsFor(
        Product.Assemblies.SelectMany(CodeUse.TypesOf),
        type => CodeUse.MembersUsedBy(type).OfType<MethodInfo>()
            .Where(method => method.DeclaringType == typeof(LoggerExtensions) && method.Name.StartsWith("Log", StringComparison.Ordinal))
            .Select(method => $"{type.FullName} calls {method.Name}"),
        "a log event without an id cannot be relied on");

    [GeneratedRegex(@"\{([A-Za-z0-9_]+)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(From|To|Caller|Called|Number|.*Phone.*|.*Token.*|.*Signature.*|.*Secret.*|.*Password.*|.*Query.*|.*ConnectionString.*|.*ApiKey.*|.*Url|Uri|.*ContentUrl.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventIdInSource();
}
