using System.Collections.Concurrent;
using Burqi.Contracts.Recordings;
using Burqi.Media.Cleanup;
using Burqi.Media.Content;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Tests.Cleanup;

public sealed class DiskReliefTests : IAsyncLifetime
{
    private readonly string _folder = TestFolder.Create("media");
    private readonly FolderDisk _disk;
    private readonly LogLines _log = new();
    private MediaHost _host = null!;
    private DiskRelief _relief = null!;

    public DiskReliefTests() => _disk = new FolderDisk(_folder);

    // Looked at when a test says so: the hosted one looks once a minute, at the machine's disk.
    public async ValueTask InitializeAsync()
    {
        _host = await MediaHost.StartAsync(_folder, ("BURQI_RECORDINGS_HIGH_WATER_PERCENT", "85"), ("BURQI_RECORDINGS_LOW_WATER_PERCENT", "75"));
        await Eventually.BecomesTrueAsync(() => _host.Services.GetRequiredService<RecordingIndex>().IsComplete);
        _relief = ActivatorUtilities.CreateInstance<DiskRelief>(_host.Services, _disk, _log);
    }

    public async ValueTask DisposeAsync()
    {
        _relief.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public void Disk_AboveItsMark_LosesTheOldestArchivedFilesUntilTheLowMark()
    {
        // Ten calls of 3 x 1000 bytes, the latest first, fill 30000 of 34000: 88 %. The low mark is at 25500.
        var calls = Enumerable.Range(0, 10).Select(i => Call(minutesAgo: i)).ToArray();
        _disk.Total = 34_000;

        Look();

        _relief.Trouble.ShouldBeNull();
        calls[..8].ShouldAllBe(call => Files(call) == 3);
        calls[8..].ShouldAllBe(call => Files(call) == 0 && StoredRecording.Read(_folder, call).State == ManifestStates.Removed);
    }

    [Fact]
    public void Disk_BelowItsMark_LosesNothing()
    {
        var call = Call();
        _disk.Total = 3530; // just under 85 %

        Look();

        Files(call).ShouldBe(3);
    }

    [Fact]
    public async Task Disk_WithNothingArchivedLeft_IsComplainedOfOnceUntilThereIsRoom()
    {
        var kept = StoredRecording.Create(_folder);
        var partly = StoredRecording.Create(_folder, m => StoredRecording.Archived(m, RecordingTypes.User));
        _disk.Total = 5500;

        Look();
        Look();

        Files(kept).ShouldBe(3);
        Files(partly).ShouldBe(2, "what was archived of it went");
        _relief.Trouble.ShouldBe("The disk of the recordings folder is 90.9 % full (BURQI_RECORDINGS_HIGH_WATER_PERCENT is 85), and holds no archived file that could be removed.");
        (await HealthAsync()).ShouldBe(HealthStatus.Degraded);
        _log.Ids.ShouldBe([3362, 3363]);

        ArchiveNotesTests.Archive(_host, kept);
        Look();

        Files(kept).ShouldBe(0);
        (await HealthAsync()).ShouldBe(HealthStatus.Healthy);
        _log.Ids.ShouldBe([3362, 3363, 3362, 3364]);
    }

    [Fact]
    public async Task Disk_OfTheMachine_IsLookedAtByTheClock()
    {
        // Before the node starts: once it has looked in vain, it looks again when it is told of something archived.
        var folder = TestFolder.Create("media");
        var archived = StoredRecording.Create(folder, m => StoredRecording.Archived(m));
        var other = StoredRecording.Create(folder);

        // Every disk holds more than a millionth of what it could.
        await using var host = await MediaHost.StartAsync(
            new ImpatientTime(), folder, ("BURQI_RECORDINGS_HIGH_WATER_PERCENT", "0.0001"), ("BURQI_RECORDINGS_LOW_WATER_PERCENT", "0"));

        await Eventually.BecomesTrueAsync(() => StoredRecording.Files(host.Folder, archived).Length == 0);

        using var client = host.CreateClient();
        await Eventually.BecomesTrueAsync(async () => (await client.GetStringAsync(new Uri("/health/ready", UriKind.Relative))).Contains("holds no archived file", StringComparison.Ordinal));
        StoredRecording.Files(host.Folder, other).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(ManifestStates.Recording)]
    [InlineData(ManifestStates.Captured)]
    [InlineData(ManifestStates.Final)]
    public void Call_ThatIsLiveOrNotAnnounced_KeepsItsFiles(string state)
    {
        var call = state == ManifestStates.Final ? StoredRecording.Create(_folder, m => StoredRecording.Archived(m) with { State = state }) : Call();
        if (state != ManifestStates.Final)
        {
            StoredRecording.Create(_folder, m => m with { State = state, Unix = m.Unix + 30 }, call.CallId);
        }

        _disk.Total = 3000;

        Look();

        StoredRecording.Files(_folder, call).Length.ShouldBeGreaterThanOrEqualTo(3);
        _relief.Trouble.ShouldNotBeNull();
    }

    [Fact]
    public void File_ThatWasChangedSince_Stays()
    {
        var call = Call();
        var changed = call.Location.File(_folder, call.Recordings[0].File);
        var content = File.ReadAllBytes(changed);
        content[500]++;
        File.WriteAllBytes(changed, content);
        _disk.Total = 3000;

        Look();

        StoredRecording.Files(_folder, call).ShouldBe([call.Recordings[0].File]);
        _log.Ids.ShouldContain(3365);
    }

    private void Look() => _relief.Look(TestContext.Current.CancellationToken);

    private RecordingManifest Call(int minutesAgo = 0) =>
        StoredRecording.Create(_folder, m => StoredRecording.Archived(m), endedAt: StoredRecording.EndedAt.AddMinutes(-minutesAgo));

    private int Files(RecordingManifest call) => StoredRecording.Files(_folder, call).Length;

    private async Task<HealthStatus> HealthAsync() =>
        (await new DiskReliefHealthCheck(_relief).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;

    /// <summary>A disk that holds the audio of a folder and nothing else.</summary>
    private sealed class FolderDisk(string folder) : IDiskUse
    {
        public long Total { get; set; }

        public (long Used, long Total) Read(string ofFolder)
        {
            ofFolder.ShouldBe(folder);
            return (Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), Total);
        }
    }

    /// <summary>The machine's clock, but for what is done once a minute.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var often = TimeSpan.FromMilliseconds(50);
            return period == TimeSpan.FromMinutes(1) ? base.CreateTimer(callback, state, often, often) : base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class LogLines : ILogger<DiskRelief>
    {
        private readonly ConcurrentQueue<int> _ids = new();

        public IEnumerable<int> Ids => _ids;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Enqueue(eventId.Id);
    }
}
