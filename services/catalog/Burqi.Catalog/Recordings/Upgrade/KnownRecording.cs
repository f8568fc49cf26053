using System.Text.Json.Nodes;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Recordings.Upgrade;

/// <summary>One of a call's recordings, as messages told of it: without what <see cref="MixUpgrade"/> lays over it.</summary>
internal sealed record KnownRecording
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, provider as Provider, recording_source as Source, recording_type as Type, told = '{}' as IsStandIn,
        catalog.told_values(told) as ToldText, derived as DerivedText
        """;

    private JsonObject? told;

    public string CallId { get; init; } = "";

    /// <summary>Whether its call has ended.</summary>
    public bool HasEnded { get; init; }

    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    /// <summary>No message tells of it: it stands for a mix that is not there.</summary>
    public required bool IsStandIn { get; init; }

    public required string ToldText { get; init; }

    public string DerivedText { get; init; } = "{}";

    /// <summary>The values by the names of their columns.</summary>
    public JsonObject Told => told ??= JsonNode.Parse(ToldText)!.AsObject();

    public bool IsLocal => Source == RecordingSources.Local;

    public string? Status => Told["status"]?.GetValue<string>();

    public string? Sid => Told["recording_sid"]?.GetValue<string>();

    public long? DurationMs => Told["duration_ms"]?.GetValue<long>();

    public long? Channels => Told["channels"]?.GetValue<long>();

    public JsonObject Metadata => Told["recording_metadata"]!.AsObject();

    /// <summary>Its deletion was asked for.</summary>
    public bool IsGoing => Metadata["deletion_requested_at"] is not null;

    public long? SilentChannels => Metadata["silent_channels"]?.GetValue<long>();
}
