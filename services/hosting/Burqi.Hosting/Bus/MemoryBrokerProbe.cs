using MassTransit;

namespace Burqi.Hosting.Bus;

/// <summary>The in-memory bus: always in reach; attended as soon as its endpoints run.</summary>
internal sealed class MemoryBrokerProbe(IBusControl bus, TimeProvider time) : IBrokerProbe
{
    public Task<BrokerReport> LookAsync(CancellationToken cancellationToken)
    {
        var unattended = bus.CheckHealth().Endpoints
            .Where(endpoint => endpoint.Value.Status != BusHealthStatus.Healthy)
            .Select(endpoint => endpoint.Key)
            .ToArray();
        return Task.FromResult(new BrokerReport(time.GetUtcNow(), Unreachable: null, unattended, [], []));
    }
}
