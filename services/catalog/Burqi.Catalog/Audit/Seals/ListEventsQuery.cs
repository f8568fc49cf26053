using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>A row of <c>catalog.recording_events</c> with all that is known of who asked.</summary>
internal sealed record AuditEvent
{
    public const string Columns =
        """
        id as Id, at as At, event as Event, call_id as CallId, recording_id as RecordingId, actor as Actor, api_key_id as ApiKeyId, api_key_name as ApiKeyName,
        address as Address, trace_id as TraceId, details as DetailsText
        """;

    [JsonPropertyName("id")]
    public required long Id { get; init; }

    [JsonPropertyName("at")]
    public required DateTime At { get; init; }

    [JsonPropertyName("event")]
    public required string Event { get; init; }

    [JsonPropertyName("call_id")]
    public required string? CallId { get; init; }

    [JsonPropertyName("recording_id")]
    public required Guid? RecordingId { get; init; }

    [JsonPropertyName("actor")]
    public required string? Actor { get; init; }

    [JsonPropertyName("api_key_id")]
    public required string? ApiKeyId { get; init; }

    [JsonPropertyName("api_key_name")]
    public required string? ApiKeyName { get; init; }

    [JsonPropertyName("address")]
    public required string? Address { get; init; }

    [JsonPropertyName("trace_id")]
    public required string? TraceId { get; init; }

    [JsonPropertyName("details")]
    public JsonElement Details => JsonElement.Parse(DetailsText);

    [JsonIgnore]
    public string DetailsText { get; init; } = "{}";
}

/// <summary>Events, the latest first.</summary>
internal sealed class ListEventsQuery(CatalogDatabase database)
{
    // Each filter has an index that is in this order too.
    private const string Sql = $"select {AuditEvent.Columns} from catalog.recording_events";

    public Task<AuditEvent[]> ExecuteAsync(string? callId, string? keyId, long? before, int limit, CancellationToken cancellationToken)
    {
        string?[] conditions = [callId is null ? null : "call_id = @callId", keyId is null ? null : "api_key_id = @keyId", before is null ? null : "id < @before"];
        var where = string.Join(" and ", conditions.OfType<string>());
        var sql = $"{Sql}{(where.Length == 0 ? "" : $" where {where}")} order by id desc limit @limit";
        return database.ReadAsync(
            async connection => (await connection.QueryAsync<AuditEvent>(new CommandDefinition(sql, new { callId, keyId, before, limit }, cancellationToken: cancellationToken))).ToArray(),
            cancellationToken);
    }
}
