using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>docker-compose.yml, read the way Compose reads it: anchors and merges resolved.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(string text)
    {
        var root = (IDictionary<object, object?>)new DeserializerBuilder().Build().Deserialize(new MergingParser(new Parser(new StringReader(text))))!;
        Services = Section(root, "services").Select(pair => new ComposeService(pair.Key, (IDictionary<object, object?>)pair.Value!)).ToArray();
        Networks = Section(root, "networks");
        Volumes = Section(root, "volumes").Keys.ToArray();
        Variables = Interpolation().Matches(text)
            .Select(match => (match.Groups["name"].Value, match.Groups["operator"].Value == ":?", match.Groups["operator"].Value == ":-"))
            .Distinct()
            .ToArray();
    }

    public static ComposeFile Stack { get; } = new(Repository.Read("docker-compose.yml"));

    public IReadOnlyList<ComposeService> Services { get; }

    public IReadOnlyDictionary<string, object?> Networks { get; }

    public IReadOnlyCollection<string> Volumes { get; }

    /// <summary>The <c>${NAME…}</c> that Compose fills in from .env.</summary>
    public IReadOnlyList<(string Name, bool IsRequired, bool HasDefault)> Variables { get; }

    public ComposeService Service(string name) => Services.Single(service => service.Name == name);

    private static Dictionary<string, object?> Section(IDictionary<object, object?> root, string name) =>
        ((IDictionary<object, object?>)root[name]!).ToDictionary(pair => (string)pair.Key, pair => pair.Value, StringComparer.Ordinal);

    [GeneratedRegex(@"\$\{(?<name>[A-Z0-9_]+)(?<operator>:[?-])?[^}]*\}")]
    private static partial Regex Interpolation();
}
