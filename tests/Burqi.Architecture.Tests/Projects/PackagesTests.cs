using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Burqi.Architecture.Tests.Projects;

/// <summary>Versions: in one place, exact.</summary>
public sealed partial class PackagesTests
{
    [Fact]
    public void PackageVersion_Central_IsExact() => Rule.HoldsFor(
        XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion"),
        package => ExactVersion().IsMatch((string?)package.Attribute("Version") ?? "") ? [] : [package.ToString()],
        "a floating version is replaced in silence: MassTransit 8 would become the commercial 9");

    [Fact]
    public void PackageReference_InProjects_CarriesNoVersion() => Rule.HoldsFor(
        Repository.Files(".csproj").SelectMany(path => XDocument.Parse(Repository.Read(path)).Descendants("PackageReference").Select(reference => (path, reference))),
        item => item.reference.Attribute("Version") is null && item.reference.Attribute("VersionOverride") is null ? [] : [$"{item.path}: {item.reference}"],
        "versions stand in Directory.Packages.props");

    [Fact]
    public void MassTransit_Pinned_StaysOnTheFreeLine() => XDocument.Parse(Repository.Read("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .Where(package => ((string?)package.Attribute("Include"))!.StartsWith("MassTransit", StringComparison.Ordinal))
        .Select(package => (string?)package.Attribute("Version"))
        .ShouldBe(["[8.4.0]", "[8.4.0]"], "docs/adr/0009: version 9 needs a licence");

    [GeneratedRegex(@"^\[\d+\.\d+\.\d+(\.\d+)?\]$")]
    private static partial Regex ExactVersion();
}
