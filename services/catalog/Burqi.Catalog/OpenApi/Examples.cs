using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Burqi.Catalog.OpenApi;

/// <summary>
/// Examples for every operation of the document, written from its schemas: what is added to an answer is in its example by itself. The values
/// are chosen by the names of properties and parameters, which mean the same everywhere.
/// </summary>
internal sealed class Examples(OpenApiDocument document)
{
    private const int Deepest = 6;

    private static readonly Dictionary<string, JsonNode> ByName = new(StringComparer.Ordinal)
    {
        ["call_id"] = "CA0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ["parent_call_id"] = "CA9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        ["account_id"] = "AC0123456789abcdef0123456789abcdef",
        ["provider"] = "twilio",
        ["direction"] = "inbound",
        ["from_address"] = "+15005550006",
        ["to_address"] = "+15005550001",
        ["number"] = "+15005550006",
        ["assistant_id"] = "reception",
        ["assistants"] = new JsonArray("reception"),
        ["status"] = "completed",
        ["duration_ms"] = 31000,
        ["min_duration_ms"] = 60000,
        ["max_duration_ms"] = 3600000,
        ["completeness"] = "complete",
        ["completeness_reason"] = "All of the call is recorded.",
        ["recording_source"] = "local",
        ["recording_type"] = "mixed",
        ["format"] = "wav",
        ["sample_rate"] = 8000,
        ["channels"] = 2,
        ["file_size"] = 992044,
        ["sha256"] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ["file_path"] = "CA0a1b2c3d4e5f60718293a4b5c6d7e8f9/mixed_1772357400.wav",
        ["s3_key"] = "recordings/2026/03/01/CA0a1b2c3d4e5f60718293a4b5c6d7e8f9/mixed_1772357400.wav",
        ["s3_url"] = "https://bucket.s3.eu-central-1.amazonaws.com/recordings/2026/03/01/CA0a1b2c3d4e5f60718293a4b5c6d7e8f9/mixed_1772357400.wav",
        ["recording_sid"] = "RE0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ["stream_id"] = "MZ0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ["media_url"] = "wss://agent.example.com/streams",
        ["twilio_credentials"] = "second-account",
        ["recordings_dir"] = "recordings",
        ["started_after"] = "2026-03-01T00:00:00Z",
        ["started_before"] = "2026-03-02T00:00:00Z",
        ["started_at"] = "2026-03-01T09:30:00.123Z",
        ["ended_at"] = "2026-03-01T09:30:31.123Z",
        ["sort"] = "-started_at",
        ["limit"] = 50,
        ["name"] = "supervisors",
        ["scopes"] = new JsonArray("recordings:read", "recordings:play"),
        ["month"] = "2026-03",
        ["reason"] = "Asked for by the legal department.",
        ["expires_in_seconds"] = 86400,
        ["peaks"] = new JsonArray(new JsonArray(0, 12, 255, 31)),
        ["recording_metadata"] = new JsonObject { ["store"] = "s3", ["stream_id"] = "MZ0a1b2c3d4e5f60718293a4b5c6d7e8f9" },
        ["retention"] = new JsonObject { ["default"] = new JsonObject { ["delete_after_days"] = 365 } },
        ["events_cursor"] = "ZXwxMjM",
        ["cursor"] = "MXw2MzkwNzk1NDIwMDAwMDAwMDB8Q0Ew",
        ["next_cursor"] = "MXw2MzkwNzk1NDIwMDAwMDAwMDB8Q0Ew",
    };

    /// <summary>Gives every parameter, request and answer of the document its example.</summary>
    public void Write()
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(operation => operation.Value))
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                parameter.Example ??= Of(parameter.Schema, parameter.Name, 0);
            }

            Fill(operation.RequestBody?.Content, status: null);
            foreach (var response in operation.Responses ?? [])
            {
                Fill(response.Value.Content, response.Key);
            }
        }
    }

    private void Fill(IDictionary<string, OpenApiMediaType>? content, string? status)
    {
        foreach (var (type, media) in content ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (type == "application/problem+json")
            {
                media.Example ??= Problem(status);
            }
            else if (type.Contains("json", StringComparison.Ordinal))
            {
                media.Example ??= Of(media.Schema, name: null, 0);
            }
        }
    }

    private static JsonObject Problem(string? status)
    {
        var problem = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = status switch { "400" => "One or more validation errors occurred.", "404" => "Not Found", "409" => "Conflict", _ => "An error occurred." },
            ["status"] = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 500,
            ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        };
        if (status == "400")
        {
            problem["errors"] = new JsonObject { ["limit"] = new JsonArray("The limit is a whole number from 1 to 200.") };
        }

        return problem;
    }

    private JsonNode? Of(IOpenApiSchema? given, string? name, int depth)
    {
        if (name is not null && ByName.TryGetValue(name, out var known) && Fits(known, given))
        {
            return known.DeepClone();
        }

        var schema = given is OpenApiSchemaReference { Reference.Id: { } id } && document.Components?.Schemas?.TryGetValue(id, out var referred) is true ? referred : given;
        if (schema is null || depth > Deepest)
        {
            return null;
        }

        if (schema.Enum is { Count: > 0 } values)
        {
            return values[0]?.DeepClone();
        }

        if (schema.Default is { } otherwise)
        {
            return otherwise.DeepClone();
        }

        // One that may be null or refer to another: the other.
        var choices = (schema.OneOf ?? []).Concat(schema.AnyOf ?? []).Concat(schema.AllOf ?? []);
        if (choices.FirstOrDefault(choice => choice.Type is not JsonSchemaType.Null) is { } chosen)
        {
            return Of(chosen, name, depth + 1);
        }

        var type = schema.Type ?? (schema.Properties is { Count: > 0 } ? JsonSchemaType.Object : JsonSchemaType.Null);
        return type switch
        {
            _ when type.HasFlag(JsonSchemaType.Object) => Object(schema, depth),
            _ when type.HasFlag(JsonSchemaType.Array) => Of(schema.Items, name, depth + 1) is { } item ? new JsonArray(item) : new JsonArray(),
            _ when type.HasFlag(JsonSchemaType.Boolean) => true,
            _ when type.HasFlag(JsonSchemaType.Integer) => 1,
            _ when type.HasFlag(JsonSchemaType.Number) => 0.5,
            _ when type.HasFlag(JsonSchemaType.String) => schema.Format switch
            {
                "uuid" => "6f1b6a54-7a0e-5f57-9d3c-2f4a1d1c9b10",
                "date-time" => "2026-03-01T09:31:00Z",
                "date" => "2026-03-01",
                _ => name is "id" or "recording_id" or "link_id" ? "6f1b6a54-7a0e-5f57-9d3c-2f4a1d1c9b10" : "text",
            },
            _ => null,
        };
    }

    private JsonObject Object(IOpenApiSchema schema, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            example[name] = Of(property, name, depth + 1);
        }

        return example;
    }

    // A name may be borrowed for something else: of another kind, its value would be wrong.
    private static bool Fits(JsonNode value, IOpenApiSchema? schema) => schema?.Enum is not { Count: > 0 } values
        ? schema?.Type is not { } type || (value is JsonArray ? type.HasFlag(JsonSchemaType.Array)
            : value is JsonObject ? type.HasFlag(JsonSchemaType.Object)
            : value.GetValueKind() == System.Text.Json.JsonValueKind.String ? type.HasFlag(JsonSchemaType.String)
            : type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number))
        : values.Any(allowed => JsonNode.DeepEquals(allowed, value));
}
