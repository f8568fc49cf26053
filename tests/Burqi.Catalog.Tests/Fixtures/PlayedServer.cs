using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>A server of somebody else's that answers what a test wants: for answers that no server here gives.</summary>
internal sealed class PlayedServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlayedServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    public static async Task<PlayedServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var built = builder.Build();
        built.Run(answer);
        await built.StartAsync();
        return new PlayedServer(built);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
