using Burqi.Archiver.Jobs;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>
/// Keeps a claimed job this worker's own while it works, and tells it to stop as soon as it is not: when another has taken it over, or
/// when the database could not be told for so long that another may.
/// </summary>
internal sealed partial class JobLease : IAsyncDisposable
{
    private const int BeatsPerLease = 3;

    private readonly ArchiveJob _job;
    private readonly ExtendLeaseCommand _extend;
    private readonly TimeSpan _duration;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _beating;

    public JobLease(ArchiveJob job, ExtendLeaseCommand extend, TimeSpan duration, TimeProvider clock, ILogger logger, CancellationToken stopping)
    {
        (_job, _extend, _duration, _clock, _logger) = (job, extend, duration, clock, logger);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _beating = BeatAsync(_done.Token);
    }

    /// <summary>Cancelled when the job is lost, or the process stops.</summary>
    public CancellationToken Token => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _beating;
        _done.Dispose();
        _lost.Dispose();
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var lastBeat = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(_duration / BeatsPerLease, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (!await _extend.ExecuteAsync(_job.Id, _job.LeaseId!.Value, _duration, cancellationToken))
                    {
                        Log.Lost(_logger, _job.RecordingId);
                        await _lost.CancelAsync();
                        return;
                    }

                    lastBeat = _clock.GetTimestamp();
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Log.NotExtended(_logger, _job.RecordingId, exception.Message);
                    if (_clock.GetElapsedTime(lastBeat) >= _duration)
                    {
                        await _lost.CancelAsync();
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
    }
}
