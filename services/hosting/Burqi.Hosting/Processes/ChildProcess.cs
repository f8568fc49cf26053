using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Burqi.Hosting.Processes;

/// <summary>
/// A server or a command run as a child of this process (Linux). It never outlives us: the kernel signals it when we end, however we end.
/// It has a session of its own, so that Ctrl-C in our terminal reaches us alone and we stop it when we are ready to.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>The path by which the child reaches the folder of <see cref="ChildProcessStart.HandOver"/>.</summary>
    public const string HandedOverFolder = "/proc/self/fd/3";

    private const int KeptLines = 200;

    private readonly Process process;
    private readonly string name;
    private readonly Lock gate = new();
    private readonly Queue<string> lines = new(KeptLines);
    private readonly Action<string>? onLine;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process started, ChildProcessStart start)
    {
        process = started;
        name = Path.GetFileName(start.FileName);
        onLine = start.OnLine;
        Id = process.Id;
        Exited = WatchAsync();
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code once the process has ended and its output was read; 128 + n after signal n.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines the process wrote to either stream.</summary>
    public string Output
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>Starts a process.</summary>
    /// <exception cref="ChildProcessException">It could not be started at all. A program that starts and then fails is seen by <see cref="Exited"/>.</exception>
    public static async Task<ChildProcess> StartAsync(ChildProcessStart start)
    {
        var started = new Process { StartInfo = Describe(start) };
        try
        {
            await StarterThread.StartAsync(started);
        }
        catch (Exception failure)
        {
            started.Dispose();
            throw new ChildProcessException($"{start.FileName} could not be started: {failure.Message}", failure);
        }

        // A server that waits for a line from our terminal would wait for ever.
        started.StandardInput.Close();
        return new ChildProcess(started, start);
    }

    /// <summary>Runs a command to its end and returns what it printed.</summary>
    /// <exception cref="ChildProcessException">It ended with another code than 0, or not within <paramref name="limit"/>.</exception>
    public static async Task<string> RunAsync(ChildProcessStart start, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var child = await StartAsync(start);
        try
        {
            var code = await child.Exited.WaitAsync(limit, cancellationToken);
            return code == 0 ? child.Output : throw child.Failure($"ended with code {code}");
        }
        catch (TimeoutException)
        {
            throw child.Failure(string.Create(CultureInfo.InvariantCulture, $"was not done within {limit.TotalSeconds:0} s"));
        }
    }

    /// <summary>Waits until the process says it is ready, asking again whenever it wrote a line and every 20 ms.</summary>
    /// <param name="ready">Asks; is given everything the process has written lately.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildProcessException">The process ended first or <paramref name="limit"/> passed; the process is left as it is.</exception>
    public async Task WaitUntilReadyAsync(Func<string, CancellationToken, ValueTask<bool>> ready, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    next = changed.Task;
                }

                if (Exited.IsCompleted)
                {
                    throw Failure($"ended with code {await Exited} before it was ready");
                }

                if (await ready(Output, timeout.Token))
                {
                    return;
                }

                await Task.WhenAny(next, Exited, Task.Delay(20, timeout.Token));
                timeout.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(string.Create(CultureInfo.InvariantCulture, $"was not ready within {limit.TotalSeconds:0} s"));
        }
    }

    /// <summary>Sends the process a signal; SIGKILL goes to all it started in its session as well. Does nothing once it has ended.</summary>
    public void Signal(ChildSignal signal)
    {
        if (!Exited.IsCompleted && !process.HasExited)
        {
            // The child leads the process group that setsid made for it.
            _ = SendSignal(signal == ChildSignal.Kill ? -Id : Id, (int)signal);
        }
    }

    /// <summary>Asks the process to end and kills it when it has not within <paramref name="limit"/>.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(ChildSignal signal, TimeSpan limit)
    {
        Signal(signal);
        try
        {
            return await Exited.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            Signal(ChildSignal.Kill);
            return await Exited;
        }
    }

    /// <summary>Kills the process at once (SIGKILL) and waits until it is gone.</summary>
    public async Task<int> KillAsync()
    {
        Signal(ChildSignal.Kill);
        return await Exited;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    /// <summary>Sends a signal to any process of this machine.</summary>
    /// <returns>Whether it was there and could be signalled.</returns>
    internal static bool Signal(int processId, ChildSignal signal) => SendSignal(processId, (int)signal) == 0;

    private static ProcessStartInfo Describe(ChildProcessStart start)
    {
        var info = new ProcessStartInfo
        {
            FileName = "setsid",
            WorkingDirectory = start.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (start.HandOver is { } folder)
        {
            foreach (var word in (string[])["sh", "-c", "exec 3<\"$1\" && shift && exec \"$@\"", "sh", folder])
            {
                info.ArgumentList.Add(word);
            }
        }

        info.ArgumentList.Add("setpriv");
        info.ArgumentList.Add("--pdeathsig");
        info.ArgumentList.Add(NameOf(start.DeathSignal));
        if (start.User is { } user)
        {
            info.ArgumentList.Add($"--reuid={user}");
            info.ArgumentList.Add($"--regid={user}");
            info.ArgumentList.Add("--init-groups");
            info.ArgumentList.Add("--no-new-privs");
        }

        info.ArgumentList.Add("--");
        info.ArgumentList.Add(start.FileName);
        foreach (var argument in start.Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        if (!start.InheritEnvironment)
        {
            var path = info.Environment["PATH"];
            info.Environment.Clear();
            info.Environment["PATH"] = path;
        }

        foreach (var (variable, value) in start.Environment)
        {
            info.Environment[variable] = value;
        }

        return info;
    }

    private static string NameOf(ChildSignal signal) => signal switch
    {
        ChildSignal.Interrupt => "INT",
        ChildSignal.Quit => "QUIT",
        ChildSignal.Kill => "KILL",
        ChildSignal.Terminate => "TERM",
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "This signal ends no process."),
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private async Task<int> WatchAsync()
    {
        var output = ReadAsync(process.StandardOutput);
        var errors = ReadAsync(process.StandardError);
        await process.WaitForExitAsync();

        // A grandchild may hold the pipe open after the child is gone: what it writes later is not the child's output.
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(TimeSpan.FromSeconds(1)));
        return process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource written;
            lock (gate)
            {
                if (lines.Count == KeptLines)
                {
                    lines.Dequeue();
                }

                lines.Enqueue(line);
                written = changed;
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            written.SetResult();
            onLine?.Invoke(line);
        }
    }

    private ChildProcessException Failure(string what)
    {
        var output = Output;
        return new ChildProcessException(output.Length == 0 ? $"{name} {what}." : $"{name} {what}:\n{output}");
    }
}
