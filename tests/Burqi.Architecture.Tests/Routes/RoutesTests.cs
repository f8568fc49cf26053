using Microsoft.AspNetCore.Routing;

namespace Burqi.Architecture.Tests.Routes;

/// <summary>Every route that answers is one of those written down here, in docs/architecture.md and nowhere else.</summary>
public sealed class RoutesTests
{
    internal static readonly Dictionary<string, string[]> Expected = new(StringComparer.Ordinal)
    {
        ["ingress"] = ["POST /twilio/voice", "POST /twiml", "POST /twilio/call-status", "POST /twilio/stream-status", "POST /twilio/recording-status", "POST /recording/status"],
        ["media"] = ["ANY /twilio/media-stream", "ANY /streams", "ANY /acs/media/{contextId}", "GET /media/recordings/{recordingId}/content", "HEAD /media/recordings/{recordingId}/content", "DELETE /media/recordings/{recordingId}/content"],
        ["archiver"] =
        [
            "POST /reconciliations", "GET /reconciliations", "GET /reconciliations/{id}",
            "GET /archive-jobs", "GET /archive-jobs/{id}", "POST /archive-jobs/retry", "POST /archive-jobs/{id}/retry", "POST /archive-jobs/{id}/dismiss",
            "POST /encryption-rotations", "GET /encryption-rotations", "GET /encryption-rotations/{id}",
        ],
        ["catalog"] =
        [
            "GET /calls", "GET /calls/{call_id}", "GET /calls/{call_id}/recordings.zip", "GET /recordings", "GET /recordings/{id}",
            "HEAD /calls", "HEAD /calls/{call_id}", "HEAD /recordings", "HEAD /recordings/{id}", "HEAD /assistants", "HEAD /assistants/{id}",
            "GET /calls/{call_id}/recording/{recording_id}", "HEAD /calls/{call_id}/recording/{recording_id}",
            "GET /calls/{call_id}/recording/{recording_id}/play", "HEAD /calls/{call_id}/recording/{recording_id}/play",
            "GET /calls/{call_id}/recording/merged", "HEAD /calls/{call_id}/recording/merged",
            "GET /calls/{call_id}/recording/{recording_id}/waveform", "HEAD /calls/{call_id}/recording/{recording_id}/waveform",
            "POST /calls/{call_id}/recording/pause", "POST /calls/{call_id}/recording/resume", "POST /calls/{call_id}/recording/stop",
            "GET /assistants", "GET /assistants/{id}", "PUT /assistants/{id}", "DELETE /assistants/{id}",
            "DELETE /calls/{call_id}/recording/{recording_id}", "PUT /calls/{call_id}/legal-hold", "DELETE /calls/{call_id}/legal-hold", "GET /retention",
            "POST /keys", "GET /keys", "GET /keys/{id}", "POST /keys/{id}/rotate", "DELETE /keys/{id}", "POST /session", "GET /session", "DELETE /session",
            "GET /usage", "GET /operations", "POST /twilio/token", "GET /openapi/{documentName}.json",
            "POST /calls/{call_id}/recording/{recording_id}/links", "GET /calls/{call_id}/recording/{recording_id}/links",
            "DELETE /calls/{call_id}/recording/{recording_id}/links/{link_id}",
            "GET /audit/events", "GET /audit/head", "GET /audit/verification",
            "GET /shared/{token}", "HEAD /shared/{token}", "GET /shared/{token}/details", "GET /shared/{token}/audio", "HEAD /shared/{token}/audio",
            "GET /", "HEAD /", "GET /phone", "HEAD /phone", "GET /assets/{name}", "HEAD /assets/{name}",
        ],
    };

    public static TheoryData<string> Services => new(Product.Services.Select(service => service.Name));

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Routes_OfAService_AreThoseOfTheDesign(string name)
    {
        await using var application = Product.Build(Product.Services.Single(service => service.Name == name));

        var mapped = ((IEndpointRouteBuilder)application).DataSources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(Describe)
            .Order(StringComparer.Ordinal)
            .ToArray();

        mapped.ShouldBe(Expected[name].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Routes_Expected_AreTheOnesTheArchitecturePageLists()
    {
        var page = Repository.Read("docs/architecture.md");

        Rule.HoldsFor(
            Expected.SelectMany(service => service.Value).Where(route => !route.StartsWith("HEAD ", StringComparison.Ordinal)).Select(route => route.Replace("ANY ", "WS ", StringComparison.Ordinal)),
            route => page.Contains($"`{route}`", StringComparison.Ordinal) ? [] : [$"docs/architecture.md does not list {route}"],
            "what answers is documented");
    }

    private static IEnumerable<string> Describe(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        return endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {path}") ?? [$"ANY {path}"];
    }
}
