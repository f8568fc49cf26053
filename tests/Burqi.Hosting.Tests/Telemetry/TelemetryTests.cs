using System.Collections.Concurrent;
using System.Text;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Burqi.Hosting.Tests.Telemetry;

public class TelemetryTests
{
    [Fact]
    public async Task Export_CollectorIsNamed_GetsTracesAndMetricsUnderTheServicesName()
    {
        var exported = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await using var collector = await StartCollectorAsync(exported);
        await using (var app = TestHost.Build(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
            map: app => app.MapGet("/publish", async (IPublishEndpoint publisher) => await publisher.Publish(new Bus.NoteWritten { Text = "" }))))
        {
            await app.StartAsync();
            using var client = app.CreateClient();
            (await client.GetAsync("/publish")).EnsureSuccessStatusCode();
            await app.StopAsync();
        }

        // The strings of a protobuf message are readable in its bytes.
        var traces = exported["/v1/traces"];
        traces.ShouldContain("burqi-test");
        traces.ShouldContain("Microsoft.AspNetCore");
        traces.ShouldContain("MassTransit");
        var metrics = exported["/v1/metrics"];
        metrics.ShouldContain("burqi-test");
        metrics.ShouldContain("burqi.bus.publish.duration");
        metrics.ShouldContain("dotnet.process.memory.working_set");
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> exported)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            exported.AddOrUpdate(request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            return Results.Ok();
        });
        await app.StartAsync();
        return app;
    }
}
