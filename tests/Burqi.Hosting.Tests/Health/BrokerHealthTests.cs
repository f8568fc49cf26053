using System.Net;
using Burqi.Hosting.Tests.Bus;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Hosting.Tests.Health;

public class BrokerHealthTests
{
    [Fact]
    public async Task Ready_BrokerFreezesAndGoesOn_TellsTheTruthThroughout()
    {
        await using var broker = await RabbitMqServer.StartAsync();
        var settings = TestHost.RabbitMq(await broker.CreateVirtualHostAsync(), ("BURQI_BUS_PUBLISH_SECONDS", "1"));
        await using var app = TestHost.Build(
            settings, bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>(), builder => builder.Services.AddSingleton<Received>());
        await app.StartAsync();
        using var client = app.CreateClient();
        await Eventually.BecomesTrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);

        broker.Suspend();
        await Should.ThrowAsync<TimeoutException>(() =>
            app.Services.GetRequiredService<IPublishEndpoint>().Publish(new NoteWritten { Text = "frozen" }));
        await Eventually.BecomesTrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var response = await client.GetAsync("/health/ready");
            return (await BusProcess.ReadChecksAsync(response))["broker"].Reason?.EndsWith("no answer within 5 s", StringComparison.Ordinal) == true;
        });
        using var live = await client.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);

        broker.Resume();
        await Eventually.BecomesTrueAsync(
            async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Start_BrokerIsAway_ServesRequestsAndFailsPublishesInTime()
    {
        var settings = TestHost.RabbitMq("amqp://127.0.0.1:1", ("BURQI_BUS_PUBLISH_SECONDS", "1"));
        await using var app = TestHost.Build(
            settings, bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>(), builder => builder.Services.AddSingleton<Received>());
        await app.StartAsync();
        using var client = app.CreateClient();

        using var live = await client.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var response = await client.GetAsync("/health/ready");
            return (await BusProcess.ReadChecksAsync(response))["broker"].Reason?.StartsWith("RabbitMQ at amqp://127.0.0.1:1 does not answer", StringComparison.Ordinal) == true;
        });
        await Should.ThrowAsync<TimeoutException>(() =>
            app.Services.GetRequiredService<IPublishEndpoint>().Publish(new NoteWritten { Text = "nowhere" }));
    }
}
