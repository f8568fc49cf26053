namespace Burqi.Hosting.Bus;

/// <summary>Asks the watchdog for a look at the broker before its time.</summary>
internal sealed class LookRequests
{
    private readonly Lock gate = new();
    private TaskCompletionSource asked = New();

    public void Ask()
    {
        lock (gate)
        {
            asked.TrySetResult();
        }
    }

    /// <summary>Returns when somebody has asked since the last call, or when the interval is over.</summary>
    public async Task WaitAsync(TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        Task current;
        lock (gate)
        {
            current = asked.Task;
        }

        await Task.WhenAny(current, Task.Delay(interval, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (asked.Task.IsCompleted)
            {
                asked = New();
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
