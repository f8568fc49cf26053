using Burqi.Hosting.Bus;
using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Tests.Bus;

public class BusOptionsTests
{
    [Fact]
    public void Read_NothingSet_IsTheMemoryBus()
    {
        var options = Read();

        options.Errors.ShouldBeEmpty();
        options.RabbitMq.ShouldBeNull();
        options.PublishTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        options.Patience.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("amqp://broker", "broker", 5672, "/", "guest", "guest", false)]
    [InlineData("amqp://u%40x:p%2Fw@broker:5673/v%2Fh", "broker", 5673, "v/h", "u@x", "p/w", false)]
    [InlineData("amqps://u:p@broker/vhost", "broker", 5671, "vhost", "u", "p", true)]
    public void Read_RabbitMqUrl_IsTakenApart(string url, string host, int port, string virtualHost, string user, string password, bool tls)
    {
        var options = Read(("BURQI_BUS", "RabbitMQ"), ("BURQI_RABBITMQ_URL", url));

        options.Errors.ShouldBeEmpty();
        options.RabbitMq.ShouldBe(new RabbitMqAddress(host, (ushort)port, virtualHost, user, password, tls));
        options.RabbitMq!.ToString().ShouldNotContain(password == "p" ? ":p@" : password);
    }

    [Theory]
    [InlineData("kafka", null, "BURQI_BUS is 'kafka'")]
    [InlineData(null, "amqp://broker", "BURQI_RABBITMQ_URL is set, but BURQI_BUS is memory")]
    [InlineData("rabbitmq", null, "BURQI_RABBITMQ_URL is missing")]
    [InlineData("rabbitmq", "http://user:secret@broker", "BURQI_RABBITMQ_URL is not a usable address")]
    public void Read_MissingOrContradictory_SaysSoWithoutTheSecret(string? bus, string? url, string beginning)
    {
        var error = Read(("BURQI_BUS", bus), ("BURQI_RABBITMQ_URL", url)).Errors.ShouldHaveSingleItem();

        error.ShouldStartWith(beginning);
        error.ShouldNotContain("secret");
    }

    [Fact]
    public void Read_EveryNumberIsWrong_TellsEach()
    {
        var options = Read(("BURQI_BUS_PUBLISH_SECONDS", "0"), ("BURQI_BUS_PROBE_SECONDS", "often"), ("BURQI_BUS_PATIENCE_SECONDS", "-1"));

        options.Errors.Select(error => error.Split(' ')[0])
            .ShouldBe(["BURQI_BUS_PUBLISH_SECONDS", "BURQI_BUS_PROBE_SECONDS", "BURQI_BUS_PATIENCE_SECONDS"]);
    }

    [Fact]
    public void QueuesFor_ListOfQueues_AreThoseNamedAfterTheMessage()
    {
        var options = Read(("BURQI_BUS_QUEUES", "catalog-note-written, archiver-note-written,catalog-other-note-written,note-written"));

        options.QueuesFor(typeof(NoteWritten)).ShouldBe(["catalog-note-written", "archiver-note-written"]);
    }

    private static BusOptions Read(params (string Name, string? Value)[] settings) => BusOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build());
}
