using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Hosting.Bus;

/// <summary>
/// Looks at the broker from outside and at our own publishing, and ends the process when the bus is stuck although the broker
/// works. The bus's own health is no witness: it was seen to say healthy with its consumers gone.
/// </summary>
internal sealed partial class BusWatchdog(
    IBrokerProbe probe,
    BusState state,
    LookRequests looks,
    BusOptions options,
    IProcessEnd processEnd,
    TimeProvider time,
    ILogger<BusWatchdog> logger) : BackgroundService
{
    // Looks asked for by trouble do not follow each other faster than this.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                if (state.FindStuck() is { } reason)
                {
                    state.DeclareStuck(reason);
                    processEnd.End(reason);
                    return;
                }

                await Task.Delay(Pause, time, stoppingToken);
                await looks.WaitAsync(options.ProbeInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = state.Report;
        var report = await probe.LookAsync(cancellationToken);
        state.Note(report);

        if (report.Unreachable is { } reason && before is null or { Unreachable: null })
        {
            Log.OutOfReach(logger, reason);
        }
        else if (report.Unreachable is null && before is { Unreachable: not null })
        {
            Log.BackInReach(logger);
        }

        if (report.Unattended.Count > 0 && before is null or { Unattended.Count: 0 })
        {
            Log.Unattended(logger, string.Join(", ", report.Unattended));
        }

        if (report.Missing.Count > 0 && before is null or { Missing.Count: 0 })
        {
            Log.Missing(logger, string.Join(", ", report.Missing));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1020, LogLevel.Warning, "Lost the broker: {Reason}")]
        public static partial void OutOfReach(ILogger logger, string reason);

        [LoggerMessage(1021, LogLevel.Information, "The broker is in reach again")]
        public static partial void BackInReach(ILogger logger);

        [LoggerMessage(1022, LogLevel.Warning, "No consumer of ours is attached to {Queues}")]
        public static partial void Unattended(ILogger logger, string queues);

        [LoggerMessage(1023, LogLevel.Warning, "Not there yet: {Queues}. Messages for these queues are not published before their service has run once")]
        public static partial void Missing(ILogger logger, string queues);
    }
}
