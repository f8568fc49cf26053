using System.Reflection;
using MassTransit;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>A switch before the product's own way to the bus.</summary>
internal sealed class BusSwitch
{
    private int _refused;

    public volatile bool IsAway;

    public int Refused => Volatile.Read(ref _refused);

    public IPublishEndpoint Around(IPublishEndpoint inner)
    {
        var proxy = DispatchProxy.Create<IPublishEndpoint, Proxy>();
        ((Proxy)(object)proxy).Set(inner, this);
        return proxy;
    }

#pragma warning disable CA1852 // DispatchProxy derives from it at run time.
    internal class Proxy : DispatchProxy
#pragma warning restore CA1852
    {
        private IPublishEndpoint _inner = null!;
        private BusSwitch _switch = null!;

        public void Set(IPublishEndpoint inner, BusSwitch bus) => (_inner, _switch) = (inner, bus);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IPublishEndpoint.Publish) && _switch.IsAway)
            {
                Interlocked.Increment(ref _switch._refused);
                return Task.FromException(new TimeoutException("The bus is away."));
            }

            return targetMethod.Invoke(_inner, args);
        }
    }
}
