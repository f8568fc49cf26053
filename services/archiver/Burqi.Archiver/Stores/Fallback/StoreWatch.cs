using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>Looks how the stores are, now and then, where it matters because there is a fallback.</summary>
internal sealed partial class StoreWatch(
    RecordingStores stores, StoreChoice choice, IOptions<FallbackOptions> options, TimeProvider clock, ILogger<StoreWatch> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (stores.Fallback is null)
        {
            return;
        }

        var isKnown = true;
        using var timer = new PeriodicTimer(options.Value.WatchInterval, clock);
        do
        {
            try
            {
                await choice.RefreshAsync(stoppingToken);
                isKnown = true;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (isKnown)
                {
                    Log.NotKnown(logger, exception.Message);
                }

                isKnown = false; // said once: others say all the time that the database is away
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(4303, LogLevel.Warning, "How the stores are could not be looked up: {Reason}")]
        public static partial void NotKnown(ILogger logger, string reason);
    }
}
