using System.Reflection;
using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Ingress.Tests.Support;

/// <summary>The host's own publisher with a switch before it: the broker away, or silent, without a broker.</summary>
internal sealed class BusSwitch
{
    private int _attempts;

    public BusState State { get; set; } = BusState.Up;

    public int Attempts => _attempts;

    public static void Install(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IPublishEndpoint));
        services.AddSingleton<BusSwitch>();
        services.AddSingleton(provider => Proxy.Around((IPublishEndpoint)real.ImplementationFactory!(provider), provider.GetRequiredService<BusSwitch>()));
    }

    private Task Publish(object message, Func<Task> publish, CancellationToken cancellationToken)
    {
        // Asked by every process at its start, whatever the test is about: not counted.
        if (message is not AssistantsWanted)
        {
            Interlocked.Increment(ref _attempts);
        }

        return State switch
        {
            BusState.Down => Task.FromException(new InvalidOperationException("The broker is away.")),
            BusState.Stuck => Block(),
            BusState.Silent => Task.Delay(Timeout.Infinite, cancellationToken),
            _ => publish(),
        };
    }

    private Task Block()
    {
        SpinWait.SpinUntil(() => State != BusState.Stuck);
        return Task.CompletedTask;
    }

    /// <summary>Stands before every overload of Publish alike.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it at run time.
    internal class Proxy : DispatchProxy
#pragma warning restore CA1852
    {
        private IPublishEndpoint _inner = null!;
        private BusSwitch _switch = null!;

        public static IPublishEndpoint Around(IPublishEndpoint inner, BusSwitch bus)
        {
            var proxy = Create<IPublishEndpoint, Proxy>();
            ((Proxy)(object)proxy)._inner = inner;
            ((Proxy)(object)proxy)._switch = bus;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IPublishEndpoint.Publish)
                ? _switch.Publish(args![0]!, () => (Task)targetMethod.Invoke(_inner, args)!, (CancellationToken)args[^1]!)
                : targetMethod.Invoke(_inner, args);
    }
}

internal enum BusState
{
    Up,

    /// <summary>Every publish fails at once.</summary>
    Down,

    /// <summary>No publish is ever confirmed.</summary>
    Silent,

    /// <summary>A publish holds its thread, and heeds no deadline, until the state is another.</summary>
    Stuck,
}
