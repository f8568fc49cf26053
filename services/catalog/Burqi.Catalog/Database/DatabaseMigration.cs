using Burqi.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Database;

/// <summary>
/// Brings the schema up to date and opens the database's gate. In the background: a process that waits for its database is alive, says so,
/// and is not ready.
/// </summary>
internal sealed partial class DatabaseMigration(CatalogDatabase database, TimeProvider time, ILogger<DatabaseMigration> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MigrationRunner.RunAsync(database.Source, "catalog", typeof(DatabaseMigration).Assembly, stoppingToken);
                database.OpenGate();
                Log.Migrated(logger);
                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is (server away, role without rights), an operator can mend it while we wait.
                Log.NotMigrated(logger, Pause.TotalSeconds, exception);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }
}
