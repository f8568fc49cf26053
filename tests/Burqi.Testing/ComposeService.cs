using System.Globalization;
using System.Text.RegularExpressions;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// A running service of the repository's docker-compose.yml, in a project of the tests' own; it is left running for the next test process.
/// </summary>
internal sealed partial class ComposeService
{
    /// <summary>Every secret docker-compose.yml asks for: these servers hold test data and listen on loopback only.</summary>
    public const string Secret = "burqitests";

    private const string Project = "burqi-tests";

    private static readonly TimeSpan UpLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(20);
    private static readonly Lazy<Task<bool>> Available = new(AskAsync);

    private readonly string name;

    private ComposeService(string service) => name = service;

    private static string StackFile => Path.Combine(Repository.Root, "docker-compose.yml");

    private static string TestsFile => Path.Combine(Repository.Root, "tests", "docker-compose.tests.yml");

    /// <summary>Whether an engine and Compose both answer.</summary>
    public static Task<bool> IsAvailableAsync() => Available.Value;

    public static async Task<ComposeService> UpAsync(string service)
    {
        await RunAsync(UpLimit, "up", "--detach", "--wait", service);
        return new ComposeService(service);
    }

    /// <summary>Where a port of the service is published on this machine, as <c>host:port</c>.</summary>
    public async Task<string> AddressAsync(int port)
    {
        // Warnings may come first.
        var printed = await RunAsync(AskLimit, "port", name, port.ToString(CultureInfo.InvariantCulture));
        return printed.Split('\n')[^1].Trim();
    }

    private static async Task<bool> AskAsync()
    {
        try
        {
            await ChildProcess.RunAsync(new ChildProcessStart("docker", "info"), AskLimit, CancellationToken.None);
            await ChildProcess.RunAsync(new ChildProcessStart("docker", "compose", "version"), AskLimit, CancellationToken.None);
            return File.Exists(StackFile);
        }
        catch (ChildProcessException)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(TimeSpan limit, params string[] arguments)
    {
        var required = RequiredVariable().Matches(await File.ReadAllTextAsync(StackFile))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(variable => variable, _ => (string?)Secret, StringComparer.Ordinal);
        return await ChildProcess.RunAsync(
            new ChildProcessStart("docker", ["compose", "-p", Project, "-f", StackFile, "-f", TestsFile, .. arguments]) { Environment = required },
            limit,
            CancellationToken.None);
    }

    [GeneratedRegex(@"\$\{(?<name>\w+):\?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequiredVariable();
}
