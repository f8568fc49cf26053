using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources.MediaNode;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using Burqi.Postgres;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Support;

/// <summary>For an archiver that is a process of its own: no message reaches it, so jobs are written into its table.</summary>
public abstract class ArchiverProcessTest : ArchiverTest
{
    internal ArchiverDatabase Jobs { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Jobs = new ArchiverDatabase(Options.Create(new ArchiverOptions { DatabaseUrl = Settings["BURQI_DATABASE_URL"]! }));
        await MigrationRunner.RunAsync(Jobs.Source, "archiver", typeof(ArchiverDatabase).Assembly, TestContext.Current.CancellationToken);
        Jobs.MarkMigrated();
    }

    public override async ValueTask DisposeAsync()
    {
        await Jobs.DisposeAsync();
        await base.DisposeAsync();
    }

    internal Task<ArchiveJob> FinishedAsync(Guid recordingId) => Eventually.ReturnsAsync(
        async () => await JobAsync(recordingId) is { Status: JobStatuses.Completed or JobStatuses.Dead } job ? job : null, TimeSpan.FromMinutes(2));

    internal Task AddAsync(RecordingCaptured message) => new AddJobCommand(Jobs).ExecuteAsync(
        new NewJob
        {
            RecordingId = message.RecordingId,
            Provider = message.Provider,
            CallId = message.CallId,
            RecordingType = message.RecordingType,
            RecordingSource = message.RecordingSource,
            Format = message.Format,
            SourceKind = MediaNodeRecordingSource.SourceKind,
            SourceDetails = MediaNodeRecordingSource.Describe(message.RecordingId, message.ContentUrl, message.MediaNode),
            ExpectedSize = message.FileSize,
            ExpectedSha256 = message.Sha256,
            ObjectKey = ObjectKey.ForCapture(message.CallId, message.RecordingType, message.Format, message.StartedAt),
        },
        TestContext.Current.CancellationToken);
}
