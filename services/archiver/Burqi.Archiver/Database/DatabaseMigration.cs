using Burqi.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Database;

/// <summary>
/// Brings schema <c>archiver</c> up to date, waiting for a database that is not there yet. It runs beside the host's start, not in
/// front of it, so that readiness can say what is being waited for.
/// </summary>
internal sealed partial class DatabaseMigration(ArchiverDatabase database, TimeProvider clock, ILogger<DatabaseMigration> logger)
    : BackgroundService
{
    public const string Schema = "archiver";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 1; !database.IsMigrated; attempt++)
        {
            try
            {
                await MigrationRunner.RunAsync(database.Source, Schema, typeof(DatabaseMigration).Assembly, stoppingToken);
                database.MarkMigrated();
                Log.Migrated(logger);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Not only a database that is down: one that is being created answers "does not exist" or "no permission" for a while.
                Log.Waiting(logger, attempt, exception.Message);
                await Task.Delay(RetryDelay, clock, stoppingToken);
            }
        }
    }
}
