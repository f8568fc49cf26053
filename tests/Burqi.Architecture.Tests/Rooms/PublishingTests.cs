using MassTransit;

namespace Burqi.Architecture.Tests.Rooms;

/// <summary>Publishing is visible where the durable step is: never deep in something that merely helps.</summary>
public sealed class PublishingTests
{
    /// <summary>What a type that may publish is called: its name says that it is the place.</summary>
    private static readonly string[] Publishers = ["Endpoint", "Worker", "Outbox", "Session", "Announcer", "Spool"];

    [Fact]
    public void PublishEndpoint_UsedFrom_EndpointsWorkersAndOutboxesOnly() => Rule.HoldsFor(
        Users(),
        type => Publishers.Any(ending => type.Name.EndsWith(ending, StringComparison.Ordinal)) ? [] : [$"{type.FullName} publishes"],
        "whoever reads the handler sees what leaves the service");

    [Fact]
    public void PublishEndpoint_InConsumers_IsNotUsed() => Rule.HoldsFor(
        Consumers(),
        consumer => CodeUse.TypesUsedBy(consumer).Contains(typeof(IPublishEndpoint)) ? [$"{consumer.FullName} publishes"] : [],
        "a publish inside a delivery can hang the consumer's own connection for good: a worker publishes after the durable step");

    [Fact]
    public void BusControl_InLibraries_IsNotUsed() => Rule.HoldsFor(
        Product.Services.SelectMany(service => CodeUse.TypesOf(service.Assembly)),
        type => CodeUse.TypesUsedBy(type)
            .Where(used => used == typeof(IBus) || used == typeof(IBusControl) || used == typeof(ISendEndpointProvider))
            .Select(used => $"{type.FullName} uses {used.Name}"),
        "hosting alone decides how the bus is reached");

    internal static IEnumerable<Type> Consumers() => Product.Services
        .SelectMany(service => CodeUse.TypesOf(service.Assembly))
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IConsumer)));

    private static IEnumerable<Type> Users() => Product.Services
        .SelectMany(service => CodeUse.TypesOf(service.Assembly))
        .Where(type => CodeUse.TypesUsedBy(type).Contains(typeof(IPublishEndpoint)));
}
