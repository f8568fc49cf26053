using System.Collections.Concurrent;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>What catalog tells of calls that are not recorded in full, as whoever listens hears it.</summary>
internal sealed class CompletenessNewsCapture : IAsyncDisposable
{
    private readonly ConcurrentQueue<object> _news = new();
    private HostReceiveEndpointHandle _endpoint = null!;

    public static async Task<CompletenessNewsCapture> StartAsync(CatalogHost catalog)
    {
        var capture = new CompletenessNewsCapture();
        capture._endpoint = catalog.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(
            $"tests-completeness.{Guid.NewGuid():N}",
            endpoint =>
            {
                endpoint.Handler<RecordingMissing>(context => capture.Keep(context.Message));
                endpoint.Handler<RecordingIncomplete>(context => capture.Keep(context.Message));
                endpoint.Handler<RecordingComplete>(context => capture.Keep(context.Message));
            });
        await capture._endpoint.Ready;
        return capture;
    }

    public RecordingMissing[] Missing(string callId) => [.. _news.OfType<RecordingMissing>().Where(news => news.CallId == callId)];

    public RecordingIncomplete[] Incomplete(string callId) => [.. _news.OfType<RecordingIncomplete>().Where(news => news.CallId == callId)];

    public RecordingComplete[] Complete(string callId) => [.. _news.OfType<RecordingComplete>().Where(news => news.CallId == callId)];

    public async ValueTask DisposeAsync() => await _endpoint.StopAsync();

    private Task Keep(object news)
    {
        _news.Enqueue(news);
        return Task.CompletedTask;
    }
}
