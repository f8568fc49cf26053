using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Archiver.Tests.Stores;

public sealed class StoreSweepTests : ArchiverTest
{
    private string Folder => Path.Combine(ObjectsFolder, "recordings/2026/11/20/CA1");

    private string Orphan => Path.Combine(Folder, $".user_1.wav.{Guid.CreateVersion7():N}");

    [Fact]
    public async Task Sweep_InTheRunningArchiver_RemovesWhatIsOldAndSaysSo()
    {
        var (old, young, foreign) = (Write(Orphan, TimeSpan.FromHours(3)), Write(Orphan, TimeSpan.FromHours(1)), Write(Path.Combine(Folder, ".keep"), TimeSpan.FromDays(3)));
        Settings["BURQI_SWEEP_ORPHANS_HOURS"] = "2";
        Settings["Archiver:Sweep:Interval"] = "00:00:00.050";

        await using var archiver = await StartArchiverAsync();

        await Eventually.BecomesTrueAsync(() => archiver.LogText.Contains("Store disk: removed what 1 uploads had left behind more than 2 h ago", StringComparison.Ordinal));
        File.Exists(old).ShouldBeFalse();
        File.Exists(young).ShouldBeTrue();
        File.Exists(foreign).ShouldBeTrue();
    }

    [Fact]
    public async Task Sweep_AnotherReplicaIsAtIt_WaitsForItsTurn()
    {
        await using var other = NpgsqlDataSource.Create(Settings["BURQI_DATABASE_URL"]!);
        await using var connection = await other.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var taken = new NpgsqlCommand("select pg_advisory_lock(hashtext('burqi.archiver.sweep'))", connection);
        await taken.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var old = Write(Orphan, TimeSpan.FromDays(2));
        Settings["Archiver:Sweep:Interval"] = "00:00:00.050";

        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.LogText.Length > 0);
        File.Exists(old).ShouldBeTrue();

        await using var given = new NpgsqlCommand("select pg_advisory_unlock(hashtext('burqi.archiver.sweep'))", connection);
        await given.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesTrueAsync(() => !File.Exists(old));
    }

    private static string Write(string path, TimeSpan age)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "left behind");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow - age);
        return path;
    }
}
