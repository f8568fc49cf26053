using System.Diagnostics;
using System.Net;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Hosting.Tests.Bus;

public class MemoryBusTests
{
    private static readonly Type NoteType = typeof(NoteWritten);

    [Fact]
    public async Task Publish_MemoryBus_ReachesEveryConsumer()
    {
        await using var app = TestHost.Build(
            new Dictionary<string, string>(StringComparer.Ordinal),
            bus =>
            {
                bus.AddConsumer<FirstConsumer, FirstConsumerDefinition>();
                bus.AddConsumer<SecondConsumer, SecondConsumerDefinition>();
            },
            builder => builder.Services.AddSingleton<Received>());
        await app.StartAsync();

        await app.Services.GetRequiredService<IPublishEndpoint>().Publish(new NoteWritten { Text = "here" });

        var received = app.Services.GetRequiredService<Received>();
        await Eventually.BecomesTrueAsync(() => received.Texts("first-note-written").Any() && received.Texts("second-note-written").Any());
        using var client = app.CreateClient();
        await Eventually.BecomesTrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Overloads))]
    public async Task Publish_NeverReturns_ThrowsAtTheLimit(string overload, Func<IPublishEndpoint, IPipe<PublishContext<NoteWritten>>, Task> publish)
    {
        await using var app = TestHost.Build(Settings(publishSeconds: "0.5"));
        await app.StartAsync();
        var never = new TaskCompletionSource();
        var clock = Stopwatch.StartNew();

        var failure = await Should.ThrowAsync<TimeoutException>(() => publish(
            app.Services.GetRequiredService<IPublishEndpoint>(),
            Pipe.ExecuteAsync<PublishContext<NoteWritten>>(_ => never.Task)));

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8), overload);
        failure.Message.ShouldBe("NoteWritten was not confirmed by the bus within 0.5 s.");
        never.SetResult();
    }

    [Fact]
    public async Task Publish_CallersTokenIsCancelled_ThrowsAtOnce()
    {
        await using var app = TestHost.Build(Settings(publishSeconds: "60"));
        await app.StartAsync();
        var never = new TaskCompletionSource();
        using var cancelling = new CancellationTokenSource();

        var publishing = app.Services.GetRequiredService<IPublishEndpoint>()
            .Publish(new NoteWritten { Text = "" }, Pipe.ExecuteAsync<PublishContext<NoteWritten>>(_ => never.Task), cancelling.Token);
        await cancelling.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => publishing.WaitAsync(TimeSpan.FromSeconds(10)));
        never.SetResult();
    }

    [Fact]
    public async Task Publish_NeverReturns_ReadinessSaysSoAtOnceAndRecoversWithTheNextConfirmedPublish()
    {
        await using var app = TestHost.Build(Settings(publishSeconds: "0.3"));
        await app.StartAsync();
        var publisher = app.Services.GetRequiredService<IPublishEndpoint>();
        var never = new TaskCompletionSource();
        using var client = app.CreateClient();

        await Should.ThrowAsync<TimeoutException>(() =>
            publisher.Publish(new NoteWritten { Text = "" }, Pipe.ExecuteAsync<PublishContext<NoteWritten>>(_ => never.Task)));

        using var trouble = await client.GetAsync("/health/ready");
        trouble.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await BusProcess.ReadChecksAsync(trouble))["publisher"].Reason.ShouldNotBeNull().ShouldStartWith("NoteWritten: 1 publish(es) not confirmed");

        await publisher.Publish(new NoteWritten { Text = "" });
        await Eventually.BecomesTrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        never.SetResult();
    }

    public static TheoryData<string, Func<IPublishEndpoint, IPipe<PublishContext<NoteWritten>>, Task>> Overloads() => new()
    {
        { "typed message, typed pipe", (publisher, pipe) => publisher.Publish(new NoteWritten { Text = "" }, pipe) },
        { "typed message, pipe", (publisher, pipe) => publisher.Publish(new NoteWritten { Text = "" }, Untyped(pipe)) },
        { "object, pipe", (publisher, pipe) => publisher.Publish((object)new NoteWritten { Text = "" }, Untyped(pipe)) },
        { "object and type, pipe", (publisher, pipe) => publisher.Publish(new NoteWritten { Text = "" }, NoteType, Untyped(pipe)) },
        { "values, typed pipe", (publisher, pipe) => publisher.Publish(new { Text = "" }, pipe) },
        { "values, pipe", (publisher, pipe) => publisher.Publish<NoteWritten>(new { Text = "" }, Untyped(pipe)) },
    };

    private static IPipe<PublishContext> Untyped(IPipe<PublishContext<NoteWritten>> pipe) =>
        Pipe.ExecuteAsync<PublishContext>(context => pipe.Send((PublishContext<NoteWritten>)context));

    private static Dictionary<string, string> Settings(string publishSeconds) =>
        new(StringComparer.Ordinal) { ["BURQI_BUS_PUBLISH_SECONDS"] = publishSeconds, ["BURQI_BUS_PROBE_SECONDS"] = "0.2" };
}
