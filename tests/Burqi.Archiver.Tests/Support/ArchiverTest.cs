using Burqi.Archiver.Jobs;
using Burqi.Contracts;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Burqi.Identity;
using Burqi.Testing;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Tests.Support;

/// <summary>A database, a folder and a peer of its own for each test, and the messages the archiver lives on.</summary>
public abstract class ArchiverTest : IAsyncLifetime
{
    protected const string AccountSid = "AC00000000000000000000000000000001";
    protected const string RecordingSid = "RE00000000000000000000000000000001";
    protected const string CallSid = "CA00000000000000000000000000000001";
    protected static readonly DateTimeOffset StartedAt = new(2026, 11, 20, 23, 59, 58, TimeSpan.Zero);

    private NpgsqlDataSource? _database;

    internal HttpPeer Peer { get; private set; } = null!;

    protected string DataFolder { get; } = TestFolder.Create("archiver");

    protected string ObjectsFolder => Path.Combine(DataFolder, "objects");

    internal Dictionary<string, string?> Settings { get; private set; } = [];

    public virtual async ValueTask InitializeAsync()
    {
        var postgres = await PostgresServer.SharedAsync();
        var connection = await postgres.CreateDatabaseAsync();
        _database = NpgsqlDataSource.Create(connection);
        Peer = await HttpPeer.StartAsync();
        Settings = new Dictionary<string, string?>
        {
            ["BURQI_DATABASE_URL"] = connection,
            ["BURQI_DATA_DIR"] = DataFolder,
            ["TWILIO_API_BASE_URL"] = Peer.BaseUrl,
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["TWILIO_AUTH_TOKEN"] = "token",
            ["Archiver:PollInterval"] = "00:00:00.050",
            ["Archiver:LeaseDuration"] = "00:00:03",
            ["Archiver:RetryBaseDelay"] = "00:00:00.020",
            ["Archiver:RetryMaxDelay"] = "00:00:00.200",
            ["Archiver:Destinations:Break"] = "00:00:00.500",
            ["Archiver:Destinations:LongestBreak"] = "00:00:00.500",
            ["Archiver:Download:RetryDelay"] = "00:00:00.010",
        };
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Moves the test to another database.</summary>
    protected async Task UseDatabaseAsync(string connectionString)
    {
        await _database!.DisposeAsync();
        _database = NpgsqlDataSource.Create(connectionString);
        Settings["BURQI_DATABASE_URL"] = connectionString;
    }

    internal Task<ArchiverHost> StartArchiverAsync() => ArchiverHost.StartAsync(Settings);

    /// <summary>The job of a recording; null when there is none.</summary>
    internal async Task<ArchiveJob?> JobAsync(Guid recordingId, string step = JobSteps.Archive)
    {
        await using var connection = await _database!.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<ArchiveJob>(
            $"select {ArchiveJob.Columns} from archiver.jobs where recording_id = @recordingId and step = @step", new { recordingId, step });
    }

    internal Task<ArchiveJob> JobAsync(Guid recordingId, Func<ArchiveJob, bool> condition) =>
        Eventually.ReturnsAsync(async () => await JobAsync(recordingId) is { } job && condition(job) ? job : null);

    internal Task<ArchiveJob> DeletionAsync(Guid recordingId, Func<ArchiveJob, bool> condition) =>
        Eventually.ReturnsAsync(async () => await JobAsync(recordingId, JobSteps.DeleteAtProvider) is { } job && condition(job) ? job : null);

    /// <summary>The job that splits a channel off a recording.</summary>
    internal Task<ArchiveJob> SplitAsync(ProviderRecordingReady of, string type, Func<ArchiveJob, bool> condition) =>
        Eventually.ReturnsAsync(async () =>
            await JobAsync(RecordingId.Create(of.Provider, of.CallId, of.ProviderRecordingId!, type), JobSteps.Split) is { } job && condition(job) ? job : null);

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database!.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    /// <summary>All files of the disk store, hidden ones too, relative to its root.</summary>
    protected IReadOnlyList<string> StoredFiles() => Directory.Exists(ObjectsFolder)
        ? [.. Directory.EnumerateFiles(ObjectsFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(path => Path.GetRelativePath(ObjectsFolder, path)).Order(StringComparer.Ordinal)]
        : [];

    internal static string ContentPath(Guid recordingId) => $"/media/recordings/{recordingId}/content";

    internal RecordingCaptured Captured(byte[] content, string type = RecordingTypes.User, Guid? id = null)
    {
        var recordingId = id ?? Guid.CreateVersion7();
        return new RecordingCaptured
        {
            RecordingId = recordingId,
            Provider = Providers.Twilio,
            CallId = CallSid,
            RecordingType = type,
            RecordingSource = RecordingSources.Local,
            StreamId = "MZ00000000000000000000000000000001",
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            DurationMs = (content.Length - Wav.HeaderSize) / 16,
            FileSize = content.Length,
            Sha256 = Wav.Sha256(content),
            FilePath = $"{CallSid}/{type}_{StartedAt.ToUnixTimeSeconds()}.wav",
            ContentUrl = $"{Peer.BaseUrl}{ContentPath(recordingId)}?exp=1&sig=secret",
            MediaNode = "media-1",
            Recovered = false,
            StartedAt = StartedAt,
            EndedAt = StartedAt.AddMilliseconds((content.Length - Wav.HeaderSize) / 16),
        };
    }

    internal static ProviderRecordingReady Ready() => new()
    {
        RecordingId = Guid.CreateVersion7(),
        Provider = Providers.Twilio,
        CallId = CallSid,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = RecordingSid,
        AccountId = AccountSid,
        DurationMs = 1000,
        Channels = 2,
        Origin = "StartCallRecordingTwiML",
        StartedAt = StartedAt,
        ReadyAt = StartedAt.AddMinutes(1),
    };

    internal static AssistantSaved Assistant(string id, string? credentials = null, int? deleteAfterDays = null, long version = 1) => new()
    {
        AssistantId = id,
        Version = version,
        Enabled = true,
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        RecordUserAudio = true,
        RecordAssistantAudio = true,
        RecordMixedAudio = true,
        AutoSave = true,
        RecordingsDir = "recordings",
        CreateDatabaseRecords = true,
        TwilioCredentials = credentials,
        DeleteAtProviderAfterDays = deleteAfterDays,
        SavedAt = StartedAt,
    };

    internal const string TwilioMediaPath = $"/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav";
    internal const string TwilioMetadataPath = $"/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.json";
}
