using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Documents;

/// <summary>The README's table of variables is the list of those the code reads: none missing, none made up.</summary>
public sealed partial class ConfigurationTableTests
{
    [Fact]
    public void ConfigurationTable_InReadme_ListsWhatTheCodeReads()
    {
        var listed = Row().Matches(Repository.Read("README.md")).Select(match => match.Groups["name"].Value).ToArray();

        ConfigurationKeys.All.ShouldNotBeEmpty();
        listed.ShouldBeUnique();
        listed.ShouldBe(ConfigurationKeys.All, ignoreOrder: true);
    }

    [GeneratedRegex(@"^\| `(?<name>[A-Z][A-Z0-9_]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();
}
