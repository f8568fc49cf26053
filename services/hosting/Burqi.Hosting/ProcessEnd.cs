using System.Runtime.InteropServices;
using Burqi.Hosting.Bus;
using Burqi.Hosting.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Hosting;

/// <summary>The process's last word: its exit code, and a limit on how long stopping may take.</summary>
internal sealed partial class ProcessEnd(IHostApplicationLifetime lifetime, ServiceOptions options, ILogger<ProcessEnd> logger) : IProcessEnd
{
    // What an orderly stop may take beyond its own limit before it counts as hung.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly object endedSignal = new();
    private bool ended;
    private int limited;

    public int ExitCode { get; private set; } = ExitCodes.Stopped;

    public void End(string reason)
    {
        ExitCode = ExitCodes.BusStuck;
        Log.Ending(logger, reason);
        LimitStop();
        lifetime.StopApplication();
    }

    /// <summary>From now on the process has its shutdown timeout and a short grace left to live.</summary>
    public void LimitStop()
    {
        if (Interlocked.Exchange(ref limited, 1) == 1)
        {
            return;
        }

        // A thread of its own: the pool may be what hangs.
        new Thread(EndHard) { IsBackground = true, Name = "burqi-process-end" }.Start();
    }

    /// <summary>The process has stopped in good order.</summary>
    public void Ended()
    {
        lock (endedSignal)
        {
            ended = true;
            Monitor.PulseAll(endedSignal);
        }
    }

    private void EndHard()
    {
        lock (endedSignal)
        {
            if (ended || (Monitor.Wait(endedSignal, options.ShutdownTimeout + Grace) && ended))
            {
                return;
            }
        }

        // Not through the logger, whose queue may never be written out any more.
        Console.Error.WriteLine($"burqi: stopping did not end within {options.ShutdownTimeout.TotalSeconds + Grace.TotalSeconds:0} s; the process ends itself.");
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCode);
        }

        // Environment.Exit would run exit handlers, which can hang as stopping did.
        ExitNow(ExitCode == ExitCodes.Stopped ? ExitCodes.BusStuck : ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int status);

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Critical, "The bus is stuck: {Reason}. The process ends itself, to be started again")]
        public static partial void Ending(ILogger logger, string reason);
    }
}
