using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// Decides where a server for tests comes from, in this order: an address in the environment, Docker Compose's service where a Docker
/// engine answers, the server installed on this machine. Where there is none the test fails and names the command that installs it: a
/// test that was skipped looks like one that passed.
/// </summary>
internal sealed record TestServer<T>(string Name)
    where T : class
{
    /// <summary>The environment variable that may hold an address, and what makes a server of it.</summary>
    public required (string Variable, Func<string, Task<T>> Connect) Environment { get; init; }

    /// <summary>The service in docker-compose.yml, and what makes a server of it once it runs.</summary>
    public required (string Service, Func<ComposeService, Task<T>> Connect) Compose { get; init; }

    /// <summary>Whether the server is installed on this machine, and what starts a private one.</summary>
    public required (Func<bool> IsInstalled, Func<Task<T>> Start) Local { get; init; }

    public async Task<T> FindAsync()
    {
        if (System.Environment.GetEnvironmentVariable(Environment.Variable) is { Length: > 0 } address)
        {
            return await Environment.Connect(address);
        }

        string? dockerFailure = null;
        if (await ComposeService.IsAvailableAsync())
        {
            try
            {
                return await Compose.Connect(await ComposeService.UpAsync(Compose.Service));
            }
            catch (ChildProcessException failure) when (Local.IsInstalled())
            {
                Console.Error.WriteLine($"Docker Compose could not start {Compose.Service}, the installed {Name} is used: {failure.Message}");
            }
            catch (ChildProcessException failure)
            {
                dockerFailure = $" Docker Compose could not start it: {failure.Message}";
            }
        }

        RequireInstalled(dockerFailure);
        return await Local.Start();
    }

    public void RequireInstalled(string? more = null)
    {
        if (!Local.IsInstalled())
        {
            throw new InvalidOperationException(
                $"{Name} is not there: run 'infra/install-prerequisites.sh test', or set {Environment.Variable} to a running one.{more}");
        }
    }
}
