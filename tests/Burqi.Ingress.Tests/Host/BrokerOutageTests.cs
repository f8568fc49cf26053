using System.Diagnostics;
using System.Net;
using Burqi.Contracts.Calls;
using Burqi.Hosting.Processes;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.Configuration;

namespace Burqi.Ingress.Tests.Host;

/// <summary>The process on a real broker that goes away.</summary>
public sealed class BrokerOutageTests
{
    private const string Queue = "ingress-tests-capture";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_BrokerKilled_IsAcceptedAndArrivesInOrderAfterItsRestart(bool killIngressToo)
    {
        await using var broker = await RabbitMqServer.StartAsync();
        var url = await broker.CreateVirtualHostAsync();
        await DeclareQueuesAsync(url);
        var data = TestFolder.Create("outage");
        (string, string?)[] settings = [("BURQI_BUS", "rabbitmq"), ("BURQI_RABBITMQ_URL", url)];
        var ingress = await IngressProcess.StartAsync(data, settings);
        try
        {
            // Until its publisher has connected, even the first may go by way of the spool.
            await PostAsync(ingress, 0);
            await Eventually.BecomesTrueAsync(() => Spooled(data) == 0);
            await broker.KillAsync();

            await PostAsync(ingress, 1, 2, 3, 4);
            using (var answer = await ingress.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice(("CallSid", CallId(5)))))
            {
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                (await answer.Content.ReadAsStringAsync()).ShouldContain("<Dial>");
            }

            Spooled(data).ShouldBe(5);
            if (killIngressToo)
            {
                await ingress.Child.KillAsync();
                await ingress.DisposeAsync();
            }

            await broker.RestartAsync();
            if (killIngressToo)
            {
                ingress = await IngressProcess.StartAsync(data, settings);
            }

            await Eventually.BecomesTrueAsync(() => Spooled(data) == 0, TimeSpan.FromSeconds(60));
            var events = new CapturedEvents();
            var bus = Capture(url, events);
            await bus.StartAsync();
            await Eventually.BecomesTrueAsync(() => CallIds(events).Distinct(StringComparer.Ordinal).Count() == 6);
            await bus.StopAsync();

            // A confirmation lost with the broker is a message published twice; the order of first arrival stands.
            CallIds(events).Distinct(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 6).Select(CallId));
            Directory.GetFiles(Path.Combine(data, "ingress", "spool", "journal")).ShouldBeEmpty();
            (await ingress.Child.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(30))).ShouldBe(0, ingress.Child.Output);
        }
        finally
        {
            await ingress.DisposeAsync();
        }
    }

    private static async Task PostAsync(IngressProcess ingress, params int[] calls)
    {
        foreach (var call in calls)
        {
            var clock = Stopwatch.StartNew();
            (await ingress.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus(("CallSid", CallId(call))))).ShouldBe(HttpStatusCode.NoContent);
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        }
    }

    private static int Spooled(string data) => Directory.GetFiles(Path.Combine(data, "ingress", "spool"), "*.json").Length;

    // Consumers that were there once: durable queues keep what comes while nobody listens, and ingress publishes nothing before those
    // exist that its settings name.
    private static async Task DeclareQueuesAsync(string url)
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build();
        var awaited = settings["BURQI_BUS_QUEUES"].ShouldNotBeNull().Split(',');
        foreach (var bus in new[] { Capture(url, new CapturedEvents()), Connect(url, transport => Array.ForEach(awaited, queue => transport.ReceiveEndpoint(queue, _ => { }))) })
        {
            await bus.StartAsync();
            await bus.StopAsync();
        }
    }

    private static IBusControl Capture(string url, CapturedEvents events) => Connect(url, transport => transport.ReceiveEndpoint(Queue, endpoint =>
    {
        endpoint.PrefetchCount = 1;
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.Consumer(() => new EventCapture(events));
    }));

    private static IBusControl Connect(string url, Action<IRabbitMqBusFactoryConfigurator> configure) => MassTransit.Bus.Factory.CreateUsingRabbitMq(transport =>
    {
        transport.Host(new Uri(url.Replace("amqp://", "rabbitmq://", StringComparison.Ordinal)));
        configure(transport);
    });

    private static IEnumerable<string> CallIds(CapturedEvents events) => events.All.Select(message => message switch
    {
        CallStarted started => started.CallId,
        CallEnded ended => ended.CallId,
        _ => throw new InvalidOperationException($"Nobody posted a {message.GetType().Name}."),
    });

    private static string CallId(int number) => $"CA{number:D32}";
}
