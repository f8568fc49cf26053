using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Projects;

/// <summary>Who may know whom, read from every csproj.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly IReadOnlyList<ProjectFile> Libraries = ProjectFile.All.Where(project => project.IsServiceLibrary).ToArray();

    [Fact]
    public void Solution_ListsProjects_EveryOneAndNoOther()
    {
        var listed = Regex.Matches(Repository.Read("Burqi.Services.sln"), @"""([^""]+\.csproj)""")
            .Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ToArray();

        listed.ShouldNotBeEmpty();
        listed.ShouldBe(ProjectFile.All.Select(project => project.Path), "a project outside the solution is neither built nor tested by make");
    }

    [Fact]
    public void Reference_NamesProject_ExistsUnderThatPath() => Rule.HoldsFor(
        ProjectFile.All.SelectMany(project => project.ReferencedPaths.Select(path => (project, path))),
        reference => ProjectFile.All.Any(project => FileSystemName.MatchesSimpleExpression(reference.path, project.Path)) ? [] : [$"{reference.project} references {reference.path}, which does not exist"],
        "a reference to a missing project is only found out by the machine that builds it first");

    [Fact]
    public void Contracts_References_Nothing()
    {
        var contracts = ProjectFile.All.Single(project => project.Name == "Burqi.Contracts");

        contracts.References.ShouldBeEmpty();
        contracts.Packages.ShouldBeEmpty();
        Product.Contracts.GetReferencedAssemblies().Select(assembly => assembly.Name!).ShouldNotBeEmpty();
        Product.Contracts.GetReferencedAssemblies().Select(assembly => assembly.Name!).ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal));
    }

    [Fact]
    public void ServiceLibrary_References_ContractsOnly()
    {
        Libraries.Select(library => library.Name).ShouldBe(
            ["Burqi.Archiver", "Burqi.Catalog", "Burqi.Ingress", "Burqi.Media"],
            "a new service is added here knowingly");
        Rule.HoldsFor(
            Libraries,
            library => library.References.Where(name => name != "Burqi.Contracts").Select(name => $"{library} references {name}"),
            "a service learns of another by message, never by its code");
    }

    [Fact]
    public void HostingProject_ReferencedBy_HostsOnly() => Rule.HoldsFor(
        ProjectFile.All.Where(project => project.IsServiceLibrary || project.Name == "Burqi.Contracts"),
        project => project.References.Contains("Burqi.Hosting") ? [$"{project} references Burqi.Hosting"] : [],
        "a library that knows its host cannot move into another");

    [Fact]
    public void HostingProject_References_NoProject() => ProjectFile.All.Single(project => project.Name == "Burqi.Hosting")
        .References.ShouldBeEmpty("hosting knows no domain word");

    [Fact]
    public void Host_References_ItsOwnServiceAndHosting() => Rule.HoldsFor(
        ProjectFile.All.Where(project => project.IsHost && project.Name != "Burqi.AllInOne"),
        host => host.References.Order(StringComparer.Ordinal).SequenceEqual(
            new[] { "Burqi.Hosting", host.Name[..^".Host".Length] }.Order(StringComparer.Ordinal))
            ? []
            : [$"{host} references {string.Join(", ", host.References)}"],
        "only all-in-one holds several services");

    [Fact]
    public void AllInOne_References_EveryServiceOnce() => ProjectFile.All.Single(project => project.Name == "Burqi.AllInOne")
        .References.Where(name => name != "Burqi.Hosting")
        .ShouldBe(Libraries.Select(library => library.Name), ignoreOrder: true);

    [Fact]
    public void Cli_References_ServiceLibrariesOnly() => ProjectFile.All.Single(project => project.Name == "Burqi.Cli")
        .References.Except(Libraries.Select(library => library.Name)).ShouldBeEmpty("the tool runs a service's own logic, and starts no host");

    [Fact]
    public void TestProject_References_OneHostAtMost() => Rule.HoldsFor(
        // The load generator has its hosts built beside it, and loads none of them.
        ProjectFile.All.Where(project => project.IsTest && project.Name != "Burqi.Load"),
        project =>
        {
            var hosts = project.References.Where(name => name.EndsWith(".Host", StringComparison.Ordinal) || name == "Burqi.AllInOne").ToArray();
            return hosts.Length <= 1 ? [] : [$"{project} references {string.Join(", ", hosts)}"];
        },
        "every host has a public Program: two of them in one project are ambiguous");

    [Fact]
    public void DatabasePackages_ReferencedBy_ArchiverAndCatalogOnly()
    {
        var users = ProjectFile.All
            .Where(project => project.Path.StartsWith("services/", StringComparison.Ordinal) || project.Path.StartsWith("contracts/", StringComparison.Ordinal))
            .Where(project => project.Packages.Any(package => package.StartsWith("Npgsql", StringComparison.Ordinal) || package.StartsWith("Dapper", StringComparison.Ordinal)))
            .Select(project => project.Name)
            .ToArray();

        users.ShouldBe(["Burqi.Archiver", "Burqi.Catalog"], ignoreOrder: true, "a service without a schema has no use for a database driver");
    }

    [Fact]
    public void CloudPackages_ReferencedBy_ServicesWithAStoreOnly()
    {
        var users = ProjectFile.All
            .Where(project => !project.IsTest && project.Packages.Any(package => package.StartsWith("AWSSDK", StringComparison.Ordinal) || package.StartsWith("Azure.", StringComparison.Ordinal)))
            .Select(project => project.Name)
            .ToArray();

        users.ShouldBe(["Burqi.Archiver", "Burqi.Catalog"], ignoreOrder: true, "archiver writes the store, catalog reads it, nobody else knows there is one");
    }
}
