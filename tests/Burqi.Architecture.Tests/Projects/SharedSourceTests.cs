using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Projects;

/// <summary>Shared source is compiled into exactly the services its README lists: neither a hidden library nor a dead file.</summary>
public sealed partial class SharedSourceTests
{
    private const string Folder = "services/shared-source";

    [Fact]
    public void SharedSource_Readme_ListsEveryFile() =>
        ReadTable().Keys.Order(StringComparer.Ordinal).ShouldBe(Repository.Files(Folder, ".cs"));

    [Fact]
    public void SharedSource_Linked_ByThoseTheReadmeLists() => Rule.HoldsFor(
        ReadTable(),
        row =>
        {
            var linkedBy = ProjectFile.All
                .Where(project => project.LinkedSource.Contains(row.Key))
                .Select(project => project.Name["Burqi.".Length..].ToLowerInvariant())
                .Order(StringComparer.Ordinal)
                .ToArray();
            return linkedBy.SequenceEqual(row.Value) ? [] : [$"{row.Key} is linked by [{string.Join(", ", linkedBy)}], its README says [{string.Join(", ", row.Value)}]"];
        },
        "the README is where a reader learns who breaks when a shared rule changes");

    [Fact]
    public void SharedSource_LinkedFiles_LieInTheSharedFolder() => Rule.HoldsFor(
        ProjectFile.All.Where(project => project.IsServiceLibrary).SelectMany(project => project.LinkedSource.Select(path => (project, path))),
        link => link.path.StartsWith(Folder + "/", StringComparison.Ordinal) && Repository.Exists(link.path) ? [] : [$"{link.project} links {link.path}"],
        "one service never compiles another's files");

    [Fact]
    public void SharedSource_Types_AreInternal() => Rule.HoldsFor(
        Repository.Files(Folder, ".cs"),
        path => PublicType().IsMatch(Repository.Read(path)) ? [$"{path} declares a public type"] : [],
        "the same public type in two assemblies of one process is ambiguous");

    private static Dictionary<string, string[]> ReadTable() => TableRow().Matches(Repository.Read(Folder + "/README.md")).ToDictionary(
        match => $"{Folder}/{match.Groups["file"].Value}",
        match => match.Groups["services"].Value.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).ToArray(),
        StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<file>[^`]+\.cs)` \| (?<services>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^public ", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
