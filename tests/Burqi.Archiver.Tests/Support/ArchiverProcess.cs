using Burqi.Hosting.Processes;

namespace Burqi.Archiver.Tests.Support;

/// <summary>The archiver's host as a process of its own, to be killed.</summary>
internal sealed class ArchiverProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private ArchiverProcess(ChildProcess process) => _process = process;

    public int Id => _process.Id;

    public string Output => _process.Output;

    public static async Task<ArchiverProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__"), setting => setting.Value);
        environment["BURQI_URLS"] = "http://127.0.0.1:0";
        return new ArchiverProcess(await ChildProcess.StartAsync(
            new ChildProcessStart("dotnet", Path.Combine(AppContext.BaseDirectory, "Burqi.Archiver.Host.dll")) { Environment = environment }));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Signal(ChildSignal.Kill);
        await _process.Exited;
    }

    /// <summary>The largest part of memory the process ever had in use, in bytes.</summary>
    public long PeakMemory()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
