using System.Net;
using Burqi.Ingress.Tests.Support;

namespace Burqi.Ingress.Tests.Twilio.StreamStatus;

public sealed class StreamStatusEndpointTests
{
    private const string Route = "/twilio/stream-status";

    [Theory]
    [InlineData("stream-started", "stream-started", 2220)]
    [InlineData("stream-stopped", "stream-stopped", 2220)]
    [InlineData("stream-error", "stream-error", 2221)]
    [InlineData("whatever", "unknown", 2220)]
    public async Task Post_StreamEvent_IsCountedAndLoggedAndPublishesNothing(string streamEvent, string counted, int logged)
    {
        await using var host = await IngressHost.StartAsync();
        using var metrics = host.Measure();

        (await host.Twilio.StatusOfAsync(
            Route, TwilioClient.StreamStatus(("StreamEvent", streamEvent), ("StreamError", "31921 - Stream - WebSocket - Close Error")))).ShouldBe(HttpStatusCode.NoContent);

        metrics.Sum("burqi.ingress.stream_events", $"event={counted}").ShouldBe(1);
        host.Logs.Count(logged).ShouldBe(1);
        host.Bus.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Post_StreamError_LogsTwiliosCode()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(
            Route, TwilioClient.StreamStatus(("StreamEvent", "stream-error"), ("StreamError", "31921 - Stream - WebSocket - Close Error")));

        host.Logs.Lines.Single(line => line.Id.Id == 2221).Text.ShouldContain("(error 31921)");
    }

    [Theory]
    [InlineData("CallSid", "")]
    [InlineData("StreamSid", "MZ1")]
    public async Task Post_SidThatIsNone_IsABadRequest(string name, string value)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.StreamStatus((name, value)))).ShouldBe(HttpStatusCode.BadRequest);
    }
}
