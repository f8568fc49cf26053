using System.Net;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>Media as a process of its own, to be killed.</summary>
internal sealed class MediaProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private MediaProcess(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<MediaProcess> StartAsync(string folder, int? maxFileKib = null)
    {
        var port = FreePort.Next();
        var host = Path.Combine(AppContext.BaseDirectory, "Burqi.Media.Host.dll");

        // A limit on file sizes is a disk that refuses: the signal that comes with it is ignored, the write fails.
        var start = maxFileKib is null
            ? new ChildProcessStart("dotnet", host)
            : new ChildProcessStart("bash", "-c", $"trap '' XFSZ; ulimit -f {maxFileKib}; exec dotnet {host}");
        var process = await ChildProcess.StartAsync(start with
        {
            WorkingDirectory = AppContext.BaseDirectory,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["BURQI_URLS"] = $"http://127.0.0.1:{port}",
                ["BURQI_RECORDINGS_DIR"] = folder,
                ["BURQI_DATA_DIR"] = TestFolder.Create("data"),
                ["BURQI_BUS"] = "memory",
                ["TWILIO_AUTH_TOKEN"] = MediaHost.AuthToken,
                ["TWILIO_ACCOUNT_SID"] = MediaHost.AccountSid,
                ["CALLBACK_URI_HOST"] = MediaHost.PublicBaseUrl,

                // The runtime keeps its code in a file of gigabytes otherwise, which the limit forbids.
                ["DOTNET_EnableWriteXorExecute"] = "0",
            },
        });
        var address = new Uri($"http://127.0.0.1:{port}");
        using var client = new HttpClient();
        await process.WaitUntilReadyAsync(
            async (_, token) =>
            {
                try
                {
                    using var response = await client.GetAsync(new Uri(address, "/health/live"), token);
                    return response.StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            CancellationToken.None);
        return new MediaProcess(process, address);
    }

    public Task<StreamDriver> ConnectAsync() => StreamDriver.ConnectAsync(Address, StreamDriver.Sign("wss://burqi.example.com/twilio/media-stream"));

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
