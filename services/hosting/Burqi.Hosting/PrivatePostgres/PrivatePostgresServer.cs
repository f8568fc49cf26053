using System.Globalization;
using Burqi.Hosting.Processes;

namespace Burqi.Hosting.PrivatePostgres;

/// <summary>
/// A PostgreSQL server of our own, started as a child from the locally installed programs: on a loopback port, with a random password
/// (trusting loopback would let every local user in), its data in a folder that one process at a time may use. It can be started on the
/// same folder again after any end, kill -9 included.
/// </summary>
public sealed class PrivatePostgresServer : IAsyncDisposable
{
    private const string SystemUser = "postgres";
    private const string DatabaseUser = "burqi";
    private const string Database = "postgres";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly PrivatePostgresOptions options;
    private readonly PostgresFolder folder;
    private readonly PostgresInstallation installation;
    private ChildProcess? child;

    private PrivatePostgresServer(PrivatePostgresOptions serverOptions, PostgresFolder serverFolder, PostgresInstallation postgres)
    {
        options = serverOptions;
        folder = serverFolder;
        installation = postgres;
        Port = serverOptions.Port;
    }

    /// <summary>The server's port on 127.0.0.1; a restart keeps it.</summary>
    public int Port { get; private set; }

    /// <summary>The id of the server's main process.</summary>
    public int ProcessId => Child.Id;

    /// <summary>Completes with the exit code when the server's main process ends, by <see cref="StopAsync"/> or on its own.</summary>
    public Task<int> Exited => Child.Exited;

    /// <summary>The last lines the server logged.</summary>
    public string Output => Child.Output;

    /// <summary>An Npgsql connection string for the server's owner.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={DatabaseUser};Password={folder.Password};Database={Database}");

    // PostgreSQL refuses to run as root; any other user runs it as is.
    private static string? RunAs => Environment.IsPrivilegedProcess ? SystemUser : null;

    // That user may be unable to enter the folders above its own: it is handed the open folder instead of a path.
    private string FolderSeenByServer => RunAs is null ? folder.Path : ChildProcess.HandedOverFolder;

    private ChildProcess Child => child ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>Whether PostgreSQL's programs are on this machine.</summary>
    public static bool IsInstalled() => PostgresInstallation.IsInstalled();

    /// <summary>Starts a server on a folder, making the database when there is none, and returns when it takes connections.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or another process uses the folder: the message says what to do.</exception>
    /// <exception cref="ChildProcessException">The server did not come up; the message carries what it logged.</exception>
    public static async Task<PrivatePostgresServer> StartAsync(PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        var postgres = PostgresInstallation.Find(Path.Combine(options.Folder, "data"));
        var server = new PrivatePostgresServer(options, PostgresFolder.Open(options.Folder), postgres);
        try
        {
            await server.InitializeAsync(cancellationToken);
            await server.LaunchAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server again after it ended, on the same folder and port.</summary>
    /// <exception cref="ChildProcessException">The server did not come up; the message carries what it logged.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (!Child.Exited.IsCompleted)
        {
            throw new InvalidOperationException("The server is still running.");
        }

        await Child.DisposeAsync();
        await LaunchAsync(cancellationToken);
    }

    /// <summary>Stops the server, rolling back what is open (PostgreSQL's fast stop), and waits until it is gone.</summary>
    public Task StopAsync() => Child.StopAsync(ChildSignal.Interrupt, StopLimit);

    /// <summary>Kills the server's main process at once, as a crash would.</summary>
    public Task KillAsync() => Child.KillAsync();

    /// <summary>Sends the server's main process a signal.</summary>
    public void Signal(ChildSignal signal) => Child.Signal(signal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (child is not null)
        {
            await StopAsync();
            await child.DisposeAsync();
        }

        folder.Dispose();
    }

    /// <summary>Makes the cluster beside its final place and moves it there when it is whole: an interrupted attempt leaves nothing half made.</summary>
    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (RunAs is { } user)
        {
            await ChildProcess.RunAsync(
                new ChildProcessStart("chown", $"{user}:{user}", folder.Path, folder.PasswordFile), TimeSpan.FromSeconds(10), cancellationToken);
        }

        if (Directory.Exists(folder.Cluster))
        {
            return;
        }

        if (Directory.Exists(folder.UnfinishedCluster))
        {
            Directory.Delete(folder.UnfinishedCluster, recursive: true);
        }

        List<string> arguments =
        [
            "--pgdata", $"{FolderSeenByServer}/{Path.GetFileName(folder.UnfinishedCluster)}",
            "--username", DatabaseUser,
            "--pwfile", $"{FolderSeenByServer}/{Path.GetFileName(folder.PasswordFile)}",
            "--auth", "scram-sha-256",
            "--encoding", "UTF8",
            "--locale", "C.UTF-8",
        ];
        if (!options.Durable)
        {
            arguments.Add("--no-sync");
        }

        await ChildProcess.RunAsync(Program("initdb", arguments), options.StartLimit, cancellationToken);
        Directory.Move(folder.UnfinishedCluster, folder.Cluster);
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StartLimit);
        await EndOrphanAsync(limit.Token);
        while (true)
        {
            if (child is null && options.Port == 0)
            {
                Port = FreePort.Next();
            }

            var started = await ChildProcess.StartAsync(Program("postgres", ServerArguments()));
            try
            {
                await started.WaitUntilReadyAsync((_, _) => ValueTask.FromResult(IsReady(started.Id)), options.StartLimit, cancellationToken);
                child = started;
                return;
            }
            catch (ChildProcessException) when (started.Exited.IsCompleted && MayTryAgain(started.Output) && !limit.IsCancellationRequested)
            {
                await started.DisposeAsync();
                await Task.Delay(RetryDelay, cancellationToken);
            }
            catch
            {
                await started.StopAsync(ChildSignal.Interrupt, StopLimit);
                await started.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>
    /// Another program took the port between our look and the server's, or processes of a killed server still finish a statement
    /// (PostgreSQL sees them by the shared memory they hold): both pass.
    /// </summary>
    private bool MayTryAgain(string output) =>
        (child is null && options.Port == 0 && output.Contains("Address already in use", StringComparison.Ordinal))
        || (output.Contains("pre-existing shared memory block", StringComparison.Ordinal) && output.Contains("is still in use", StringComparison.Ordinal));

    private List<string> ServerArguments()
    {
        List<string> settings =
        [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            string.Create(CultureInfo.InvariantCulture, $"max_connections={options.MaxConnections}"),
        ];
        if (!options.Durable)
        {
            settings.AddRange(
                ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off", "shared_buffers=64MB"]);
        }

        return
        [
            "-D", $"{FolderSeenByServer}/{Path.GetFileName(folder.Cluster)}",
            "-p", Port.ToString(CultureInfo.InvariantCulture),
            .. settings.SelectMany(setting => (string[])["-c", setting]),
        ];
    }

    private ChildProcessStart Program(string name, IReadOnlyList<string> arguments) => new(installation.Program(name), arguments)
    {
        User = RunAs,
        HandOver = RunAs is null ? null : folder.Path,
        InheritEnvironment = false,

        // When we are killed, the server still closes its files in order, and the next start need not replay its log.
        DeathSignal = ChildSignal.Interrupt,
    };

    /// <summary>Line 1 of the server's status file is its process id, line 8 says "ready": what pg_ctl waits for as well.</summary>
    private bool IsReady(int processId)
    {
        var status = folder.ReadStatus();
        return status.Length >= 8
            && status[0] == processId.ToString(CultureInfo.InvariantCulture)
            && string.Equals(status[7].TrimEnd(), "ready", StringComparison.Ordinal);
    }

    /// <summary>
    /// We hold the folder, so a server that still runs on it was left behind by a process that was killed: it is stopped and awaited.
    /// PostgreSQL refuses to start when the process id in a left status file belongs to another program by now (ids are used again). The
    /// file must stay, since it names the shared memory by which PostgreSQL finds processes that still write to the folder; our own id in
    /// its place is one PostgreSQL takes for stale.
    /// </summary>
    private async Task EndOrphanAsync(CancellationToken cancellationToken)
    {
        var status = folder.ReadStatus();
        if (status.Length == 0 || !int.TryParse(status[0], NumberStyles.None, CultureInfo.InvariantCulture, out var leftBehind))
        {
            return;
        }

        try
        {
            while (IsServerOf(leftBehind, status))
            {
                ChildProcess.Signal(leftBehind, ChildSignal.Interrupt);
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
        catch (OperationCanceledException stuck)
        {
            throw new InvalidOperationException(
                $"An older PostgreSQL (process {leftBehind}) still runs on {folder.Path} and does not stop: end it, then start again.", stuck);
        }

        if (Directory.Exists($"/proc/{leftBehind}") && folder.ReadStatus() is [var first, .. var rest] && first == status[0])
        {
            folder.WriteStatus([Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. rest]);
        }
    }

    /// <summary>Whether a process works in the folder of this status file: a server's working folder is its cluster. Line 3 is its start time.</summary>
    private static bool IsServerOf(int processId, string[] status) =>
        PostgresFolder.ReadStatus($"/proc/{processId}/cwd") is { Length: > 2 } its
        && status.Length > 2
        && its[0] == status[0]
        && its[2] == status[2];
}
