using Burqi.Hosting.Health;
using Burqi.Hosting.Options;
using Burqi.Hosting.Processes;
using Microsoft.AspNetCore.Builder;

namespace Burqi.Hosting.PrivatePostgres;

/// <summary>Gives a process that is told of no database one of its own, for as long as it runs.</summary>
public static class EmbeddedDatabase
{
    private const string DataFolderName = "BURQI_DATA_DIR";
    private const string DefaultDataFolder = "data";

    /// <summary>
    /// Runs a host. Where <c>BURQI_DATABASE_URL</c> is unset, a private PostgreSQL is started first, on <c>{BURQI_DATA_DIR}/postgres</c>,
    /// given to the host as that setting on its command line, and stopped once the host has ended. Should it end on its own, the host is
    /// stopped too: without its database it could only fail, and a restart brings both back.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="run">Runs the host with a command line and returns its exit code.</param>
    /// <returns>The host's exit code, or one of <see cref="ExitCodes"/> with the reason on standard error when the database is the reason.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], Task<int>> run)
    {
        if (args.Contains(HealthProbe.Argument, StringComparer.Ordinal))
        {
            return await run(args); // it only asks the process that has the database
        }

        // The sources the host itself will read.
        var settings = new SettingReader(WebApplication.CreateBuilder(args).Configuration);
        if (settings.Text(ConfigurationNormalizer.DatabaseUrlName) is not null)
        {
            return await run(args);
        }

        PrivatePostgresServer server;
        try
        {
            server = await PrivatePostgresServer.StartAsync(
                new PrivatePostgresOptions(Path.Combine(settings.Text(DataFolderName) ?? DefaultDataFolder, "postgres")), CancellationToken.None);
        }
        catch (Exception failure) when (failure is ChildProcessException or InvalidOperationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return failure is ChildProcessException ? ExitCodes.Failed : ExitCodes.BadConfiguration;
        }

        await using (server)
        {
            var running = run([.. args, $"--{ConfigurationNormalizer.DatabaseUrlName}={server.ConnectionString}"]);
            if (await Task.WhenAny(running, server.Exited) == running)
            {
                return await running;
            }

            await Console.Error.WriteLineAsync($"The private PostgreSQL ended on its own with code {await server.Exited}:\n{server.Output}");
            ChildProcess.Signal(Environment.ProcessId, ChildSignal.Terminate);
            await running;
            return ExitCodes.Failed;
        }
    }
}
