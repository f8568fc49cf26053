using System.Collections.Concurrent;
using System.Diagnostics;

namespace Burqi.Hosting.Processes;

/// <summary>
/// Starts every child from one thread that lives as long as this process. The kernel sends a child its parent-death signal when the
/// THREAD that forked it ends: a child started from a pool thread dies at the moment the pool retires that thread.
/// </summary>
internal static class StarterThread
{
    private static readonly BlockingCollection<Action> Requests = Begin();

    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var requests = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var request in requests.GetConsumingEnumerable())
            {
                request();
            }
        })
        {
            IsBackground = true,
            Name = "child starter",
        };
        thread.Start();
        return requests;
    }
}
