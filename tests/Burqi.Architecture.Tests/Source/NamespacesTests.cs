using System.Text.RegularExpressions;
using Burqi.Architecture.Tests.Projects;

namespace Burqi.Architecture.Tests.Source;

/// <summary>A file is found by its namespace and a namespace by its folder.</summary>
public sealed partial class NamespacesTests
{
    private const string SharedSource = "services/shared-source/";

    [Fact]
    public void Namespace_OfEveryFile_IsItsFolder() => Rule.HoldsFor(
        Repository.Files(".cs"),
        path =>
        {
            var text = Repository.Read(path);
            var declared = NamespaceDeclaration().Match(text).Groups["name"].Value;
            if (declared.Length == 0)
            {
                return Path.GetFileName(path) == "Program.cs" || !TypeDeclaration().IsMatch(text) ? [] : [$"{path} declares a type outside any namespace"];
            }

            var expected = Expected(path);
            return declared == expected ? [] : [$"{path} declares {declared}, its folder says {expected}"];
        },
        "where a type lives is not a puzzle");

    private static string Expected(string path)
    {
        if (path.StartsWith(SharedSource, StringComparison.Ordinal))
        {
            return "Burqi." + Path.GetDirectoryName(path[SharedSource.Length..])!.Replace('/', '.');
        }

        var project = ProjectFile.All.SingleOrDefault(project => path.StartsWith(project.Folder + "/", StringComparison.Ordinal));
        if (project is null)
        {
            return "(no project: a file that nothing compiles)";
        }

        var folder = Path.GetDirectoryName(path[(project.Folder.Length + 1)..])!.Replace('\\', '/');
        return folder.Length == 0 ? project.Name : $"{project.Name}.{folder.Replace('/', '.')}";
    }

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly) )*(?:class|record|struct|interface|enum) ", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^namespace (?<name>[A-Za-z0-9_.]+)\s*[;{]", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
