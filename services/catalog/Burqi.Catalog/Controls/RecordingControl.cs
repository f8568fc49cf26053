namespace Burqi.Catalog.Controls;

/// <summary>A row of <c>catalog.recording_controls</c>.</summary>
internal sealed record RecordingControl
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, number as Number, call_id as CallId, provider as Provider, account_id as AccountId, assistant_id as AssistantId, action as Action,
        awaits_provider as AwaitsProvider, awaits_local as AwaitsLocal, requested_at as RequestedAt
        """;

    public required Guid Id { get; init; }

    public required long Number { get; init; }

    public required string CallId { get; init; }

    public required string Provider { get; init; }

    public required string? AccountId { get; init; }

    public required string? AssistantId { get; init; }

    public required string Action { get; init; }

    public required bool AwaitsProvider { get; init; }

    public required bool AwaitsLocal { get; init; }

    public required DateTime RequestedAt { get; init; }
}
