using Burqi.Hosting.PrivatePostgres;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Hosting.Tests.PrivatePostgres;

public class EmbeddedDatabaseTests
{
    private const string DatabaseSetting = "--BURQI_DATABASE_URL=";

    [Fact]
    public async Task RunAsync_NoDatabaseConfigured_HostHasOneUnderTheDataFolderWhileItRuns()
    {
        var data = TestFolder.Create("own");
        var connectionString = "";

        var code = await EmbeddedDatabase.RunAsync([$"--BURQI_DATA_DIR={data}", $"{DatabaseSetting} "], async arguments =>
        {
            connectionString = arguments[^1][DatabaseSetting.Length..];
            (await PingAsync(connectionString)).ShouldBe(1);
            return 7;
        });

        code.ShouldBe(7);
        Directory.Exists(Path.Combine(data, "postgres", "data")).ShouldBeTrue();
        await Should.ThrowAsync<NpgsqlException>(() => PingAsync(connectionString));
    }

    [Fact]
    public async Task RunAsync_DatabaseConfigured_HostsCommandLineIsLeftAsItIs()
    {
        var data = TestFolder.Create("own");
        string[] given = [$"--BURQI_DATA_DIR={data}", $"{DatabaseSetting}Host=elsewhere"];
        string[] seen = [];

        await EmbeddedDatabase.RunAsync(given, arguments =>
        {
            seen = arguments;
            return Task.FromResult(0);
        });

        seen.ShouldBe(given);
        Directory.EnumerateFileSystemEntries(data).ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_FolderInUse_IsBadConfigurationAndTheHostNeverRuns()
    {
        var data = TestFolder.Create("own");
        await using var other = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions(Path.Combine(data, "postgres")), CancellationToken.None);

        var code = await EmbeddedDatabase.RunAsync([$"--BURQI_DATA_DIR={data}"], _ => throw new InvalidOperationException("The host ran."));

        code.ShouldBe(ExitCodes.BadConfiguration);
    }

    private static async Task<int> PingAsync(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("select 1");
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
