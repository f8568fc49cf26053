using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.BusProcess;

/// <summary>Never stops, where asked to.</summary>
internal sealed class StopThatHangs(IOptions<BusProcessOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) =>
        options.Value.HangOnStop == "true" ? new TaskCompletionSource().Task : Task.CompletedTask;
}
