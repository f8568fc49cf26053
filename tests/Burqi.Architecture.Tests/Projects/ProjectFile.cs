using System.Xml.Linq;

namespace Burqi.Architecture.Tests.Projects;

/// <summary>One csproj: what it references and links.</summary>
internal sealed class ProjectFile
{
    private ProjectFile(string path)
    {
        Path = path;
        var xml = XDocument.Parse(Repository.Read(path));
        References = Includes(xml, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/'))).ToArray();
        ReferencedPaths = Includes(xml, "ProjectReference").Select(Resolve).ToArray();
        Packages = Includes(xml, "PackageReference").ToArray();
        LinkedSource = Includes(xml, "Compile").Select(Resolve).ToArray();
    }

    public static IReadOnlyList<ProjectFile> All { get; } = Repository.Files(".csproj").Select(path => new ProjectFile(path)).ToArray();

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public IReadOnlyList<string> References { get; }

    public IReadOnlyList<string> ReferencedPaths { get; }

    public IReadOnlyList<string> Packages { get; }

    public IReadOnlyList<string> LinkedSource { get; }

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public bool IsHost => Name.EndsWith(".Host", StringComparison.Ordinal) || Name == "Burqi.AllInOne";

    /// <summary>A service's library: what holds its logic.</summary>
    public bool IsServiceLibrary => Path.StartsWith("services/", StringComparison.Ordinal) && !IsHost && Name is not ("Burqi.Hosting" or "Burqi.Cli");

    public override string ToString() => Path;

    private static IEnumerable<string> Includes(XDocument xml, string item) =>
        xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();

    private string Resolve(string include) => System.IO.Path.GetRelativePath(
        Repository.Root,
        System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository.Root, Folder, include.Replace('\\', '/')))).Replace('\\', '/');
}
