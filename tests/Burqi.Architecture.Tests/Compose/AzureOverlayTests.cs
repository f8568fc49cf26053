using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>docker-compose.azure.yml changes what it says it changes, and the list of what there is to set knows of it.</summary>
public sealed partial class AzureOverlayTests
{
    private static readonly string Text = Repository.Read("docker-compose.azure.yml");

    [Fact]
    public void Overlay_Services_AreThoseWithAStoreAndReadWhatTheyAreGiven()
    {
        var root = (IDictionary<object, object?>)new DeserializerBuilder().Build().Deserialize(new MergingParser(new Parser(new StringReader(Text))))!;
        var services = ((IDictionary<object, object?>)root["services"]!)
            .ToDictionary(pair => (string)pair.Key, pair => new ComposeService((string)pair.Key, (IDictionary<object, object?>)pair.Value!));

        services.Keys.ShouldBe(["archiver", "catalog"], ignoreOrder: true);
        foreach (var (name, service) in services)
        {
            service.Environment["BURQI_STORE"].ShouldBe("azure");
            service.Environment.Keys.Except(ConfigurationKeys.ReadBy(name)).ShouldBeEmpty();
            service.Networks.Concat(ComposeFile.Stack.Service(name).Networks).ShouldContain("egress", $"{name} must reach the account");
        }
    }

    [Fact]
    public void Overlay_Variables_StandInTheEnvironmentFileAsComments()
    {
        var used = Interpolation().Matches(Text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);

        Commented().Matches(Repository.Read(".env.example")).Select(match => match.Groups["name"].Value).ShouldBe(used, ignoreOrder: true);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Z0-9_]+):[?-][^}]*\}")]
    private static partial Regex Interpolation();

    [GeneratedRegex(@"^# ?(?<name>[A-Z0-9_]+)=$", RegexOptions.Multiline)]
    private static partial Regex Commented();
}
