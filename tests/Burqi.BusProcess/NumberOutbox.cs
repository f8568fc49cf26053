using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Burqi.BusProcess;

/// <summary>Keeps each number until its publish was confirmed.</summary>
internal sealed class NumberOutbox(IPublishEndpoint publisher) : BackgroundService
{
    private const int Publishers = 4;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Channel<long> given = Channel.CreateUnbounded<long>();
    private readonly ConcurrentDictionary<long, bool> pending = new();
    private readonly ConcurrentBag<double> attempts = [];
    private int failures;

    public void Give(long number)
    {
        pending[number] = true;
        given.Writer.TryWrite(number);
    }

    public OutboxReport Report() => new([.. pending.Keys], Volatile.Read(ref failures), attempts.DefaultIfEmpty().Max());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => PublishAsync(stoppingToken)));

    private async Task PublishAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var number in given.Reader.ReadAllAsync(stoppingToken))
            {
                while (!await TryPublishAsync(number, stoppingToken))
                {
                    await Task.Delay(PauseAfterFailure, stoppingToken);
                }

                pending.TryRemove(number, out _);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is pending is still in the report.
        }
    }

    private async Task<bool> TryPublishAsync(long number, CancellationToken stoppingToken)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await publisher.Publish(new NumberPublished { Number = number }, stoppingToken);
            return true;
        }
        catch (Exception) when (!stoppingToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref failures);
            return false;
        }
        finally
        {
            attempts.Add(clock.Elapsed.TotalMilliseconds);
        }
    }
}

/// <summary>How publishing went.</summary>
/// <param name="Pending">The numbers given and not confirmed.</param>
/// <param name="Failures">How many attempts failed.</param>
/// <param name="SlowestMs">The longest attempt, confirmed or failed, in ms.</param>
internal sealed record OutboxReport(IReadOnlyList<long> Pending, int Failures, double SlowestMs);
