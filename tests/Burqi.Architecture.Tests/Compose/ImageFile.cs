using System.Globalization;
using System.Text.Json;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>One Dockerfile, as its instructions.</summary>
internal sealed class ImageFile
{
    private ImageFile(string path)
    {
        Path = path;
        Instructions = Repository.Read(path).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2))
            .Select(parts => (parts[0], parts[1].Trim()))
            .ToArray();
    }

    public static IReadOnlyList<ImageFile> All { get; } = Repository.Files("Dockerfile").Select(path => new ImageFile(path)).ToArray();

    public string Path { get; }

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public IReadOnlyList<(string Name, string Argument)> Instructions { get; }

    public IEnumerable<string> BaseImages => Arguments("FROM").Select(from => from.Split(' ')[0]);

    /// <summary>What is copied out of the build context, without what comes from an earlier stage.</summary>
    public IEnumerable<string> CopiedFromContext => Arguments("COPY")
        .Where(copy => !copy.Contains("--from=", StringComparison.Ordinal))
        .SelectMany(copy => copy.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]);

    public string? User => Arguments("USER").LastOrDefault();

    public IReadOnlyList<int> Ports => Arguments("EXPOSE").SelectMany(ports => ports.Split(' ')).Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();

    public IReadOnlyList<string> HealthCommand => Arguments("HEALTHCHECK").Select(check => Json(check[(check.IndexOf("CMD ", StringComparison.Ordinal) + 4)..])).LastOrDefault() ?? [];

    public IReadOnlyList<string> EntryPoint => Json(Arguments("ENTRYPOINT").Last());

    public override string ToString() => Path;

    private static string[] Json(string array) => JsonSerializer.Deserialize<string[]>(array)!;

    private IEnumerable<string> Arguments(string name) => Instructions.Where(instruction => instruction.Name == name).Select(instruction => instruction.Argument);
}
