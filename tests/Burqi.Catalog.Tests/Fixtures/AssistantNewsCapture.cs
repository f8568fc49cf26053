using System.Collections.Concurrent;
using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>What catalog tells of assistants, as any node hears it.</summary>
internal sealed class AssistantNewsCapture : IAsyncDisposable
{
    private readonly ConcurrentQueue<object> _news = new();
    private HostReceiveEndpointHandle _endpoint = null!;

    public static async Task<AssistantNewsCapture> StartAsync(CatalogHost catalog)
    {
        var capture = new AssistantNewsCapture();
        capture._endpoint = catalog.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(
            $"tests-assistants.{Guid.NewGuid():N}",
            endpoint =>
            {
                endpoint.Handler<AssistantSaved>(context => capture.Keep(context.Message));
                endpoint.Handler<AssistantDeleted>(context => capture.Keep(context.Message));
            });
        await capture._endpoint.Ready;
        return capture;
    }

    public AssistantSaved[] Saved(string id) => [.. _news.OfType<AssistantSaved>().Where(news => news.AssistantId == id)];

    public AssistantDeleted[] Deleted(string id) => [.. _news.OfType<AssistantDeleted>().Where(news => news.AssistantId == id)];

    public async ValueTask DisposeAsync() => await _endpoint.StopAsync();

    private Task Keep(object news)
    {
        _news.Enqueue(news);
        return Task.CompletedTask;
    }
}
