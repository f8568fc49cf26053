using System.IO.Enumeration;
using Burqi.Architecture.Tests.Projects;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>The Dockerfiles: every host has one, and what they name is there.</summary>
public sealed class ImageFileTests
{
    private static IEnumerable<ImageFile> HostImages => ImageFile.All.Where(image => image.Path.StartsWith("services/", StringComparison.Ordinal));

    [Fact]
    public void Host_EveryOne_HasADockerfile() => Rule.HoldsFor(
        ProjectFile.All.Where(project => project.IsHost),
        host => Repository.Exists($"{host.Folder}/Dockerfile") ? [] : [$"{host} has no Dockerfile"],
        "a host that cannot be shipped is not one");

    [Fact]
    public void EntryPoint_OfAHost_IsItsOwnAssemblyAndAnswersForItsHealth() => Rule.HoldsFor(
        HostImages,
        image =>
        {
            var assembly = Path.GetFileName(image.Folder) + ".dll";
            return
            [
                .. image.EntryPoint.SequenceEqual(["dotnet", assembly]) ? Array.Empty<string>() : [$"{image} starts {string.Join(' ', image.EntryPoint)}"],
                .. image.HealthCommand.SequenceEqual(["dotnet", assembly, "--health"]) ? Array.Empty<string>() : [$"{image} checks its health by {string.Join(' ', image.HealthCommand)}"],
            ];
        },
        "a container that answers for another is healthy when it is not");

    [Fact]
    public void BaseImage_EveryOne_HasAVersion() => Rule.HoldsFor(
        ImageFile.All.SelectMany(image => image.BaseImages.Select(name => (image, name))),
        from => from.name.Split(':') is [_, var tag] && char.IsAsciiDigit(tag[0]) ? [] : [$"{from.image} is built from {from.name}"],
        "what is built today can be built again");

    [Fact]
    public void User_OfTheImage_IsANumberAndNotRoot() => Rule.HoldsFor(
        ImageFile.All,
        image => int.TryParse(image.User, out var user) && user > 0 ? [] : [$"{image} runs as {image.User ?? "root"}"],
        "Kubernetes can check a number; a name it has to believe");

    [Fact]
    public void Copy_FromContext_ExistsAndIsNotIgnored()
    {
        var allowed = Repository.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();

        Rule.HoldsFor(
            ImageFile.All.SelectMany(image => image.CopiedFromContext.Select(source => (image, source))),
            copy =>
            [
                .. Repository.Exists(copy.source) ? Array.Empty<string>() : [$"{copy.image} copies {copy.source}, which does not exist"],
                .. allowed.Any(path => copy.source == path || copy.source.StartsWith(path + "/", StringComparison.Ordinal))
                    ? Array.Empty<string>()
                    : [$"{copy.image} copies {copy.source}, which .dockerignore leaves out"],
            ],
            "a build that fails on another machine is found out here");
    }

    [Fact]
    public void Copy_BeforeRestore_BringsEveryReferencedProject() => Rule.HoldsFor(
        HostImages,
        image =>
        {
            var copied = image.CopiedFromContext.ToHashSet(StringComparer.Ordinal);
            return Needed(HostOf(image)).Where(path => !copied.Contains(path)).Select(path => $"{image} restores without {path}");
        },
        "restore fails on a reference it cannot see");

    [Fact]
    public void Copy_OfSource_BringsEveryFolderTheHostIsCompiledFrom() => Rule.HoldsFor(
        HostImages,
        image =>
        {
            var folders = image.CopiedFromContext.Where(source => Directory.Exists(Repository.Absolute(source))).ToArray();
            var needed = Needed(HostOf(image)).ToArray();
            return needed.Concat(needed.SelectMany(path => ProjectFile.All.Single(project => project.Path == path).LinkedSource))
                .Where(path => !folders.Any(folder => FileSystemName.MatchesSimpleExpression(folder + "/*", path)))
                .Select(path => $"{image} publishes without {path}");
        },
        "publish fails on a file it cannot see");

    private static ProjectFile HostOf(ImageFile image) => ProjectFile.All.Single(project => project.Folder == image.Folder);

    private static IEnumerable<string> Needed(ProjectFile project) => project.ReferencedPaths
        .SelectMany(path => Needed(ProjectFile.All.Single(other => other.Path == path)))
        .Prepend(project.Path)
        .Distinct(StringComparer.Ordinal);
}
