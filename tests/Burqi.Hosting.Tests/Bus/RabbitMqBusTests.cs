using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Burqi.Hosting.Bus;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Hosting.Tests.Bus;

public sealed class RabbitMqBusTests : IAsyncLifetime
{
    private RabbitMqServer broker = null!;
    private string url = null!;

    private string VirtualHost => new Uri(url).AbsolutePath.TrimStart('/');

    public async ValueTask InitializeAsync()
    {
        broker = await RabbitMqServer.SharedAsync();
        url = await broker.CreateVirtualHostAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Publish_ConsumerOfAnotherProcess_GetsMessageWithPublishersTraceId()
    {
        await using var consuming = await StartAsync(bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>());
        await using var publishing = await StartAsync(_ => { });
        await Eventually.BecomesTrueAsync(() => IsReadyAsync(consuming));

        using var source = new ActivitySource("Burqi.Test");
        string traceId;
        using (var activity = source.StartActivity("a webhook"))
        {
            traceId = activity!.TraceId.ToHexString();
            await Publisher(publishing).Publish(new NoteWritten { Text = "traced" });
        }

        var received = consuming.Services.GetRequiredService<Received>();
        await Eventually.BecomesTrueAsync(() => received.Texts("first-note-written").Any());
        received.TraceIdOf("traced").ShouldBe(traceId);
    }

    [Fact]
    public async Task Consume_AlwaysFails_IsRetriedAsItsDefinitionSaysAndKeptInErrorQueue()
    {
        await using var app = await StartAsync(bus => bus.AddConsumer<FailingConsumer, FailingConsumerDefinition>());

        await Publisher(app).Publish(new NoteWritten { Text = "poison" });

        await Eventually.BecomesTrueAsync(async () => await MessagesAsync("failing-note-written_error") == 1);
        app.Services.GetRequiredService<Received>().Attempts.ShouldBe(3);
        (await QueueTypeAsync("failing-note-written")).ShouldBe("quorum");
        (await QueueTypeAsync("failing-note-written_error")).ShouldBe("quorum");
    }

    [Fact]
    public async Task Publish_NoConsumerHasEverRun_FailsAndReachesItWhenRepeated()
    {
        await using var publishing = await StartAsync(_ => { });

        await Should.ThrowAsync<MessageReturnedException>(() => Publisher(publishing).Publish(new NoteWritten { Text = "early" }));

        await using var consuming = await StartAsync(bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>());
        await PublishUntilConfirmedAsync(publishing, "early");
        await Eventually.BecomesTrueAsync(() => consuming.Services.GetRequiredService<Received>().Texts("first-note-written").Contains("early"));
    }

    [Fact]
    public async Task Publish_OneOfTwoServicesHasNeverRun_IsKeptBackUntilBothGetIt()
    {
        await using var first = await StartAsync(bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>());
        await Eventually.BecomesTrueAsync(() => IsReadyAsync(first));
        await using var publishing = await StartAsync(_ => { }, ("BURQI_BUS_QUEUES", "first-note-written,second-note-written"));

        var refusal = await Should.ThrowAsync<NoQueueException>(() => Publisher(publishing).Publish(new NoteWritten { Text = "for both" }));
        refusal.Message.ShouldContain("second-note-written");
        var (status, checks) = await HealthAsync(publishing);
        status.ShouldBe(HttpStatusCode.OK);
        checks["publisher"].Status.ShouldBe("degraded");
        checks["publisher"].Reason.ShouldNotBeNull().ShouldContain("second-note-written");

        await using var second = await StartAsync(bus => bus.AddConsumer<SecondConsumer, SecondConsumerDefinition>());
        await PublishUntilConfirmedAsync(publishing, "for both");

        await Eventually.BecomesTrueAsync(() =>
            first.Services.GetRequiredService<Received>().Texts("first-note-written").Contains("for both")
            && second.Services.GetRequiredService<Received>().Texts("second-note-written").Contains("for both"));
    }

    [Fact]
    public async Task Publish_TwoReplicasWithQueuesOfTheirOwn_ReachesBothAndTheQueuesExpire()
    {
        await using var first = await StartAsync(bus => bus.AddConsumer<OwnConsumer, OwnConsumerDefinition>());
        await using var second = await StartAsync(bus => bus.AddConsumer<OwnConsumer, OwnConsumerDefinition>());
        await Eventually.BecomesTrueAsync(async () => await IsReadyAsync(first) && await IsReadyAsync(second));
        await using var publishing = await StartAsync(_ => { });

        await Publisher(publishing).Publish(new NoteWritten { Text = "to each" });

        foreach (var app in new[] { first, second })
        {
            var queue = app.Services.GetRequiredService<ConsumerQueues>().Names.Single(name => name.StartsWith("own-", StringComparison.Ordinal));
            await Eventually.BecomesTrueAsync(() => app.Services.GetRequiredService<Received>().Texts(queue).SequenceEqual(["to each"]));
            (await QueueTypeAsync(queue)).ShouldBe("classic", "a young quorum queue does not outlive the kill of its broker, and holds up what is published beside it");
            (await QueueAsync(queue)).GetProperty("arguments").GetProperty("x-expires").GetInt64().ShouldBe(900_000);
        }
    }

    [Fact]
    public async Task Queue_OfANodeThatKeepsItsName_HoldsWhatIsSaidWhileItIsAway()
    {
        var first = await StartAsync(bus => bus.AddConsumer<OwnConsumer, NodesConsumerDefinition>());
        await Eventually.BecomesTrueAsync(() => IsReadyAsync(first));
        await first.StopAsync();
        await first.DisposeAsync();
        await using var publishing = await StartAsync(_ => { });

        await Publisher(publishing).Publish(new NoteWritten { Text = "while it was away" });

        await using var second = await StartAsync(bus => bus.AddConsumer<OwnConsumer, NodesConsumerDefinition>());
        await Eventually.BecomesTrueAsync(() => second.Services.GetRequiredService<Received>().Texts(NodesConsumerDefinition.Queue).SequenceEqual(["while it was away"]));
        var queue = await QueueAsync(NodesConsumerDefinition.Queue);
        queue.GetProperty("durable").GetBoolean().ShouldBeTrue();
        queue.GetProperty("arguments").GetProperty("x-expires").GetInt64().ShouldBe((long)TimeSpan.FromDays(7).TotalMilliseconds);
    }

    [Fact]
    public async Task Queue_OfRequests_IsAClassicOne()
    {
        await using var app = await StartAsync(bus => bus.AddConsumer<RequestConsumer, RequestConsumerDefinition>());
        await Eventually.BecomesTrueAsync(() => IsReadyAsync(app));

        (await QueueTypeAsync("second-note-requested")).ShouldBe("classic", "a service that publishes waits until its own queues are attended");
        (await QueueAsync("second-note-requested")).GetProperty("durable").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Publish_BrokerKilledRightAfterAProcessHasDeclaredItsOwnQueue_IsConfirmedOnceItIsBack()
    {
        await using var killed = await RabbitMqServer.StartAsync();
        var address = await killed.CreateVirtualHostAsync();
        await using var consuming = Build(address, bus => bus.AddConsumer<OwnConsumer, OwnConsumerDefinition>());
        await using var publishing = Build(address, _ => { });
        await publishing.StartAsync();
        await consuming.StartAsync();
        await Eventually.BecomesTrueAsync(() => IsReadyAsync(consuming));

        await killed.KillAsync();
        await killed.RestartAsync();

        var queue = consuming.Services.GetRequiredService<ConsumerQueues>().Names.Single(name => name.StartsWith("own-", StringComparison.Ordinal));
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                try
                {
                    await Publisher(publishing).Publish(new NoteWritten { Text = "after the kill" });
                    return true;
                }
                catch (Exception exception) when (exception is not ShouldAssertException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(90));
        await Eventually.BecomesTrueAsync(() => consuming.Services.GetRequiredService<Received>().Texts(queue).Any(), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Consume_FailsInAQueueOfOneProcess_TheErrorQueueExpiresAsWell()
    {
        await using var app = await StartAsync(bus => bus.AddConsumer<FailingOwnConsumer, FailingOwnConsumerDefinition>());
        var queue = app.Services.GetRequiredService<ConsumerQueues>().Names.Single(name => name.StartsWith("own-", StringComparison.Ordinal));

        await Publisher(app).Publish(new NoteWritten { Text = "poison" });

        await Eventually.BecomesTrueAsync(async () => await MessagesAsync(queue + "_error") == 1);
        (await QueueAsync(queue + "_error")).GetProperty("arguments").GetProperty("x-expires").GetInt64().ShouldBe(900_000);
    }

    [Fact]
    public async Task Publish_AtOnceAfterStartInConsumersOwnProcess_IsConsumed()
    {
        await using var app = await StartAsync(bus => bus.AddConsumer<SecondConsumer, SecondConsumerDefinition>());

        // Not even ready yet: the publish waits for the consumer's queue and binding.
        await Publisher(app).Publish(new NoteWritten { Text = "first of all" });

        await Eventually.BecomesTrueAsync(() => app.Services.GetRequiredService<Received>().Texts("second-note-written").Contains("first of all"));
    }

    [Fact]
    public async Task LookAsync_QueueWithoutConsumerOrMissing_IsReportedUnattended()
    {
        await using (var app = await StartAsync(bus => bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>()))
        {
            await Eventually.BecomesTrueAsync(() => IsReadyAsync(app));
        }

        var queues = new ConsumerQueues();
        queues.Add("first-note-written");
        queues.Add("never-declared");
        var options = BusOptions.Read(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
        var probe = new RabbitMqProbe(RabbitMqAddress.Parse(url)!, options, queues, "test probe", TimeProvider.System);

        var report = await probe.LookAsync(CancellationToken.None);

        report.Unreachable.ShouldBeNull();
        report.Unattended.ShouldBe(["first-note-written", "never-declared"]);
    }

    [Fact]
    public async Task Health_WrongPassword_SaysSoAndRepeatsNoSecret()
    {
        var wrong = new UriBuilder(url) { Password = "wrong-secret" }.Uri.AbsoluteUri;
        await using var app = Build(wrong, _ => { });
        await app.StartAsync();

        await Eventually.BecomesTrueAsync(async () => (await HealthAsync(app)).Checks["broker"].Reason?.Contains("ACCESS_REFUSED", StringComparison.Ordinal) == true);

        var (status, checks) = await HealthAsync(app);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        checks["broker"].Reason.ShouldNotBeNull().ShouldNotContain("wrong-secret");
    }

    private static IPublishEndpoint Publisher(WebApplication app) => app.Services.GetRequiredService<IPublishEndpoint>();

    private static Task PublishUntilConfirmedAsync(WebApplication app, string text) => Eventually.BecomesTrueAsync(async () =>
    {
        await Publisher(app).Publish(new NoteWritten { Text = text });
        return true;
    });

    private static async Task<bool> IsReadyAsync(WebApplication app) => (await HealthAsync(app)).Status == HttpStatusCode.OK;

    private static async Task<(HttpStatusCode Status, Dictionary<string, BusProcess.Check> Checks)> HealthAsync(WebApplication app)
    {
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/health/ready");
        return (response.StatusCode, await BusProcess.ReadChecksAsync(response));
    }

    private static WebApplication Build(string url, Action<IBusRegistrationConfigurator> addConsumers, params (string Name, string Value)[] settings) =>
        TestHost.Build(TestHost.RabbitMq(url, settings), addConsumers, builder => builder.Services.AddSingleton<Received>());

    private async Task<WebApplication> StartAsync(Action<IBusRegistrationConfigurator> addConsumers, params (string Name, string Value)[] settings)
    {
        var app = Build(url, addConsumers, settings);
        await app.StartAsync();
        return app;
    }

    private async Task<JsonElement> QueueAsync(string name)
    {
        using var client = broker.CreateManagementClient();
        return await client.GetFromJsonAsync<JsonElement>($"api/queues/{VirtualHost}/{name}");
    }

    private async Task<string?> QueueTypeAsync(string name) => (await QueueAsync(name)).GetProperty("type").GetString();

    private async Task<int> MessagesAsync(string name) => (await QueueAsync(name)).GetProperty("messages").GetInt32();
}
