using MassTransit;

namespace Burqi.Hosting.Bus;

/// <summary>
/// The bus that only publishes, over a connection of its own: a publish in flight when the broker dies can hang the
/// connection it runs on, and must not take the consumers with it. Services publish through <see cref="IPublishEndpoint"/>.
/// </summary>
public interface IPublishBus : IBus;
