using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>Has events sealed about a second after they were appended, and says from time to time where the chain ends: a log is kept elsewhere than the table.</summary>
internal sealed partial class SealWorker(SealEventsCommand seal, TimeProvider time, ILogger<SealWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseWithoutKey = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenHeads = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var toldAt = DateTimeOffset.MinValue;
        try
        {
            while (true)
            {
                var pause = Pause;
                try
                {
                    if (await seal.ExecuteAsync(stoppingToken) is { } chain)
                    {
                        pause = chain.Sealed == SealEventsCommand.MostAtOnce ? TimeSpan.Zero : Pause;
                        if (time.GetUtcNow() - toldAt >= BetweenHeads)
                        {
                            toldAt = time.GetUtcNow();
                            Log.Head(logger, chain.Number, Convert.ToHexStringLower(chain.Hash));
                        }
                    }
                }
                catch (CatalogUnavailableException)
                {
                    // The schema is not there yet.
                }
                catch (SealKeyMissingException exception)
                {
                    pause = PauseWithoutKey;
                    Log.KeyMissing(logger, exception.Message, pause);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // The database is away, or another replica sealed at the same instant: what is not sealed waits.
                    pause = PauseAfterFailure;
                    Log.NotSealed(logger, pause, exception);
                }

                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5243, LogLevel.Information, "The audit log is sealed up to number {Position}, hash {Hash}")]
        public static partial void Head(ILogger logger, long position, string hash);

        [LoggerMessage(5244, LogLevel.Warning, "Events could not be sealed; again in {Pause}")]
        public static partial void NotSealed(ILogger logger, TimeSpan pause, Exception exception);

        [LoggerMessage(5245, LogLevel.Error, "{Reason} It seals nothing, and events wait for a process that has the key; again in {Pause}")]
        public static partial void KeyMissing(ILogger logger, string reason, TimeSpan pause);
    }
}
