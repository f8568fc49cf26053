using System.Text.Json;
using System.Text.RegularExpressions;
using Burqi.Architecture.Tests.Compose;
using Burqi.Architecture.Tests.Rooms;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Architecture.Tests.Bus;

/// <summary>
/// Queues as the bus makes them out of the consumers each service really registers. A queue that two services share would deal the
/// messages out between them; a consumer nobody registers is silently never called.
/// </summary>
public sealed partial class QueueNamesTests
{
    [Fact]
    public async Task Queues_OfAllServices_AreUniqueAndCarryTheServiceName()
    {
        var queues = new List<(string Service, string Queue)>();
        foreach (var service in Product.Services)
        {
            queues.AddRange((await QueuesOfAsync(service)).Select(queue => (service.Name, queue)));
        }

        Rule.HoldsFor(
            queues,
            entry => QueueName().IsMatch(entry.Queue) && entry.Queue.StartsWith(entry.Service + "-", StringComparison.Ordinal) ? [] : [$"{entry.Service} makes the queue {entry.Queue}"],
            "the name says whose it is");
        queues.Select(entry => entry.Queue).ShouldBeUnique();
    }

    [Fact]
    public async Task Consumers_OfAService_EachHasItsQueueAndDefinition()
    {
        var checkedConsumers = 0;
        foreach (var service in Product.Services)
        {
            var consumers = PublishingTests.Consumers().Where(consumer => consumer.Assembly == service.Assembly).ToArray();
            checkedConsumers += consumers.Length;

            (await QueuesOfAsync(service)).Count.ShouldBe(consumers.Length, $"{service}: a consumer is not registered, or two share a queue");
            consumers.Where(consumer => !service.Assembly.GetTypes().Any(type => !type.IsAbstract && type.IsSubclassOf(typeof(ConsumerDefinition<>).MakeGenericType(consumer))))
                .ShouldBeEmpty($"{service}: a consumer without a definition gets a queue named after its class");
        }

        checkedConsumers.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Queues_TheHostsWaitForByThemselves_AreTogetherAllOfThem()
    {
        var queues = await SharedQueuesAsync();

        // What one service publishes, another's queue must be there for: each queue is fed by somebody, so each stands in a publisher's list.
        var awaited = Repository.Files("services", "/appsettings.json")
            .Select(file => JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, file))).RootElement)
            .SelectMany(settings => settings.TryGetProperty("BURQI_BUS_QUEUES", out var list) ? list.GetString()!.Split(',') : [])
            .ToHashSet(StringComparer.Ordinal);
        awaited.Order(StringComparer.Ordinal).ShouldBe(queues.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Queues_TheStackWaitsFor_AreAllOfThem()
    {
        var queues = await SharedQueuesAsync();

        Rule.HoldsFor(
            ComposeFile.Stack.Services.Where(service => service.IsOurs),
            service => service.Environment["BURQI_BUS_QUEUES"].Split(',').Order(StringComparer.Ordinal).SequenceEqual(queues.Order(StringComparer.Ordinal))
                ? []
                : [$"{service} waits for {service.Environment["BURQI_BUS_QUEUES"]}; the queues are {string.Join(',', queues)}"],
            "what is published before its queue exists is dropped by the broker");
    }

    private static async Task<IReadOnlyList<string>> QueuesOfAsync(Product.Service service)
    {
        var queues = new List<string>();
        await using var application = Product.Build(service, bus => bus.AddConfigureEndpointsCallback((name, _) => queues.Add(name)));
        application.Services.GetRequiredService<IBusControl>().ShouldNotBeNull();
        return queues;
    }

    /// <summary>A queue that one process alone reads from is made by it at each start: nobody can wait for that.</summary>
    private static async Task<IReadOnlyList<string>> SharedQueuesAsync()
    {
        var queues = new List<string>();
        foreach (var service in Product.Services)
        {
            queues.AddRange((await QueuesOfAsync(service)).Where(queue => !queue.Contains('.', StringComparison.Ordinal)));
        }

        return queues;
    }

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)+(\.[0-9a-f]{32})?$")]
    private static partial Regex QueueName();
}
