using System.Globalization;
using Burqi.Hosting.PrivatePostgres;
using Burqi.Hosting.Processes;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Hosting.Tests.PrivatePostgres;

public class PrivatePostgresServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task StartAsync_NewFolder_TakesConnectionsAndKeepsCommitsDurable()
    {
        await using var server = await StartAsync(TestFolder.Create("own"));

        (await ReadAsync(server.ConnectionString, "show fsync")).ShouldBe("on");
        (await ReadAsync(server.ConnectionString, "show full_page_writes")).ShouldBe("on");
    }

    [Fact]
    public async Task StartAsync_ParentFolderOnlyWeMayEnter_Starts()
    {
        var parent = TestFolder.Create("own");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await using var server = await StartAsync(Path.Combine(parent, "postgres"));

        (await ReadAsync(server.ConnectionString, "select 'here'")).ShouldBe("here");
    }

    [Fact]
    public async Task StartAsync_WrongPassword_IsRefusedOnLoopback()
    {
        await using var server = await StartAsync(TestFolder.Create("own"));
        var forged = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess" }.ConnectionString;

        var failure = await Should.ThrowAsync<PostgresException>(() => ReadAsync(forged, "select 'in'"));

        failure.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task StartAsync_NewFolder_PasswordIsOnlyItsOwnersToRead()
    {
        var folder = TestFolder.Create("own");
        await using var server = await StartAsync(folder);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(folder, "password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task StartAsync_StoppedBefore_RowsAreThere()
    {
        var folder = TestFolder.Create("own");
        await using (var first = await StartAsync(folder))
        {
            await WriteAsync(first.ConnectionString, "create table kept as select 42 as answer");
        }

        await using var second = await StartAsync(folder);

        (await ReadAsync(second.ConnectionString, "select answer::text from kept")).ShouldBe("42");
    }

    [Fact]
    public async Task StartAsync_InitializingWasInterrupted_BeginsAnew()
    {
        var folder = TestFolder.Create("own");
        Directory.CreateDirectory(Path.Combine(folder, "data.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(folder, "data.new", "PG_VERSION"), "half");

        await using var server = await StartAsync(folder);

        (await ReadAsync(server.ConnectionString, "select 'whole'")).ShouldBe("whole");
    }

    [Fact]
    public async Task StartAsync_FolderInUse_SaysSo()
    {
        var folder = TestFolder.Create("own");
        await using var server = await StartAsync(folder);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(folder));

        failure.Message.ShouldBe($"The database in {folder} is in use by another process: stop that one, or set BURQI_DATA_DIR to another folder.");
    }

    [Fact]
    public async Task StartAsync_MadeByAVersionThatIsNotInstalled_NamesThePackage()
    {
        var folder = TestFolder.Create("own");
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        await File.WriteAllTextAsync(Path.Combine(folder, "data", "PG_VERSION"), "9\n");

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(folder));

        failure.Message.ShouldEndWith("which is not installed: install it with 'sudo apt-get install postgresql-9'.");
    }

    [Fact]
    public async Task StartAsync_PasswordLost_SaysWhichFile()
    {
        var folder = TestFolder.Create("own");
        await (await StartAsync(folder)).DisposeAsync();
        File.Delete(Path.Combine(folder, "password"));

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(folder));

        failure.Message.ShouldStartWith($"{Path.Combine(folder, "password")} is missing");
    }

    [Fact]
    public async Task StartAsync_ParentWasKilled_ServerWentWithItAndRowsAreThere()
    {
        var folder = TestFolder.Create("own");
        await using var parent = await StartParentAsync(folder);
        await WriteAsync(parent.Output, "create table kept as select 42 as answer");
        var orphan = ServerProcess(folder);

        await parent.KillAsync();
        await using var server = await StartAsync(folder);

        (await ReadAsync(server.ConnectionString, "select answer::text from kept")).ShouldBe("42");
        server.ProcessId.ShouldNotBe(orphan);
        await Eventually.BecomesTrueAsync(() => HasEnded(orphan));
    }

    [Fact]
    public async Task StartAsync_OldServerStillShutsDown_WaitsForIt()
    {
        var folder = TestFolder.Create("own");
        await using var parent = await StartParentAsync(folder);
        await WriteAsync(parent.Output, "create table kept as select 42 as answer");
        var orphan = ServerProcess(folder);
        ChildProcess.Signal(orphan, ChildSignal.Suspend).ShouldBeTrue();

        await parent.KillAsync();
        var starting = StartAsync(folder);

        // A start that does not wait has been refused by PostgreSQL long before this.
        await Task.WhenAny(starting, Task.Delay(TimeSpan.FromSeconds(1)));
        starting.IsCompleted.ShouldBeFalse();
        ChildProcess.Signal(orphan, ChildSignal.Continue).ShouldBeTrue();
        await using var server = await starting;

        (await ReadAsync(server.ConnectionString, "select answer::text from kept")).ShouldBe("42");
    }

    [Fact]
    public async Task StartAsync_KilledServersIdIsAnotherProgramsNow_Starts()
    {
        var folder = TestFolder.Create("own");
        await using (var first = await StartAsync(folder))
        {
            await WriteAsync(first.ConnectionString, "create table kept as select 42 as answer");
            await first.KillAsync();
        }

        // Of the user the server runs as: PostgreSQL ignores a process it may not signal.
        await using var other = await ChildProcess.StartAsync(
            new ChildProcessStart("sleep", "600") { User = Environment.IsPrivilegedProcess ? "postgres" : null });
        var status = Path.Combine(folder, "data", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(status);
        lines[0] = other.Id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(status, lines);

        await using var server = await StartAsync(folder);

        (await ReadAsync(server.ConnectionString, "select answer::text from kept")).ShouldBe("42");
        other.Exited.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task RestartAsync_ServerWasKilled_SamePortAndRows()
    {
        await using var server = await StartAsync(TestFolder.Create("own"));
        await WriteAsync(server.ConnectionString, "create table kept as select 42 as answer");
        var before = server.ConnectionString;

        await server.KillAsync();
        await server.RestartAsync(CancellationToken.None);

        server.ConnectionString.ShouldBe(before);
        (await ReadAsync(server.ConnectionString, "select answer::text from kept")).ShouldBe("42");
    }

    private static Task<PrivatePostgresServer> StartAsync(string folder) =>
        PrivatePostgresServer.StartAsync(new PrivatePostgresOptions(folder), CancellationToken.None);

    /// <summary>A process that has a server; its output is the server's connection string.</summary>
    private static async Task<ChildProcess> StartParentAsync(string folder)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.Combine(Repository.Root, "artifacts", "bin", "Burqi.ServerParent", configuration, "Burqi.ServerParent.dll");
        var parent = await ChildProcess.StartAsync(new ChildProcessStart("dotnet", program, folder));
        await parent.WaitUntilReadyAsync((output, _) => ValueTask.FromResult(output.Contains("Password=", StringComparison.Ordinal)), Limit, CancellationToken.None);
        return parent;
    }

    private static int ServerProcess(string folder) =>
        int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    // Ended, or a zombie the system has not collected yet.
    private static bool HasEnded(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Split(')')[1].TrimStart()[0] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task WriteAsync(string connectionString, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ReadAsync(string connectionString, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
