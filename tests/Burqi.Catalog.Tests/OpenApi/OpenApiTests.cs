using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.OpenApi;

public sealed class OpenApiTests(CatalogHost catalog)
{
    [Fact]
    public async Task Get_Document_DescribesEveryRouteAndItsKey()
    {
        var document = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        document["paths"]!.AsObject().Select(path => path.Key).ShouldBe(
            [
                "/calls", "/calls/{call_id}", "/calls/{call_id}/recordings.zip", "/recordings", "/recordings/{id}", "/calls/{call_id}/recording/{recording_id}",
                "/calls/{call_id}/recording/{recording_id}/play", "/calls/{call_id}/recording/{recording_id}/waveform", "/calls/{call_id}/recording/merged", "/calls/{call_id}/recording/pause", "/calls/{call_id}/recording/resume",
                "/calls/{call_id}/recording/stop", "/assistants", "/assistants/{id}", "/usage", "/retention", "/calls/{call_id}/legal-hold", "/operations", "/twilio/token",
                "/audit/events", "/audit/head", "/audit/verification",
                "/calls/{call_id}/recording/{recording_id}/links", "/calls/{call_id}/recording/{recording_id}/links/{link_id}",
                "/keys", "/keys/{id}", "/keys/{id}/rotate", "/session",
            ],
            ignoreOrder: true);
        document["components"]!["securitySchemes"]!["bearer"].ShouldHave(("type", "http"), ("scheme", "bearer"));
        document["security"]![0]!["bearer"].ShouldNotBeNull();
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
        {
            operation.Value!["summary"]?.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
            operation.Value!["description"]?.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        }
    }

    [Fact]
    public async Task Get_Document_HasAnExampleForAllThatIsSentAndAnswered()
    {
        var document = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var where = $"{method} {path}";
                var parameters = operation!["parameters"]?.AsArray() ?? [];
                foreach (var parameter in parameters)
                {
                    parameter!["example"].ShouldNotBeNull($"{where}: {parameter["name"]}");
                }

                var contents = operation["responses"]!.AsObject().Select(response => response.Value!["content"]).Append(operation["requestBody"]?["content"]);
                foreach (var (type, content) in contents.OfType<JsonObject>().SelectMany(content => content).Where(content => content.Key.Contains("json", StringComparison.Ordinal)))
                {
                    content!["example"].ShouldNotBeNull($"{where}: {type}");
                }
            }
        }

        var call = document["paths"]!["/calls/{call_id}"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["example"];
        call.ShouldHave(("call_id", "CA0a1b2c3d4e5f60718293a4b5c6d7e8f9"), ("from_address", "+15005550006"), ("duration_ms", 31000));
        call!["recordings"]![0].ShouldHave(("recording_type", "mixed"), ("sample_rate", 8000));
        call["provider_ids"].ShouldHave(("provider", "twilio"));
    }

    [Fact]
    public async Task Get_Document_ListsTheParametersThatAreTaken()
    {
        var document = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        var parameters = document["paths"]!["/recordings"]!["get"]!["parameters"]!.AsArray();
        parameters.Select(parameter => parameter!["name"]!.GetValue<string>()).ShouldBe(
            [
                "call_id", "provider", "recording_source", "recording_type", "status", "assistant_id", "recording_sid", "number", "min_duration_ms",
                "max_duration_ms", "started_after", "started_before", "sort", "cursor", "limit",
            ]);
        parameters.Single(parameter => parameter!["name"]!.GetValue<string>() == "limit")!["schema"].ShouldHave(("minimum", 1), ("maximum", 200), ("default", 50));
        parameters.Single(parameter => parameter!["name"]!.GetValue<string>() == "status")!["schema"]!["enum"]!.AsArray().Count.ShouldBe(7);

        document["components"]!["schemas"]!["Recording"]!["properties"]!.AsObject().Select(property => property.Key).ShouldContain("recording_metadata");
    }

    [Fact]
    public async Task Get_Document_DescribesAnAssistantsBody()
    {
        var document = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        document["paths"]!["/assistants/{id}"]!.AsObject().Select(operation => operation.Key).ShouldBe(["get", "put", "delete"], ignoreOrder: true);
        document["paths"]!["/assistants/{id}"]!["put"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>()
            .ShouldBe("#/components/schemas/AssistantContent");
        document["components"]!["schemas"]!["RecordingSettings"]!["properties"]!.AsObject().Count.ShouldBe(10);
        document["paths"]!["/assistants"]!["get"]!["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>()).ShouldBe(["cursor", "limit"]);
    }
}
