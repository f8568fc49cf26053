using System.Collections.Concurrent;

namespace Burqi.Testing;

/// <summary>The servers a test process shares: they end, and their folders go, when the process does.</summary>
internal static class SharedServers
{
    private static readonly ConcurrentStack<IAsyncDisposable> Servers = new();
    private static int registered;

    public static T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        RemoveAtExit();
        Servers.Push(server);
        return server;
    }

    public static void RemoveAtExit()
    {
        if (Interlocked.Exchange(ref registered, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove();
        }
    }

    private static void Remove()
    {
        var ends = new List<Task>();
        while (Servers.TryPop(out var server))
        {
            ends.Add(server.DisposeAsync().AsTask());
        }

        try
        {
            Task.WaitAll([.. ends], TimeSpan.FromSeconds(20));
        }
        catch (AggregateException failure)
        {
            Console.Error.WriteLine($"A test server did not end as it should: {failure.InnerExceptions[0].Message}");
        }

        TestFolder.Remove();
    }
}
