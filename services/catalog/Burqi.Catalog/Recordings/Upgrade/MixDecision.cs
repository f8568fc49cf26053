using System.Text.Json.Nodes;

namespace Burqi.Catalog.Recordings.Upgrade;

/// <summary>What a call's recordings make of each other.</summary>
internal sealed record MixDecision
{
    /// <summary>What is laid over what was told of a recording, by its id. Of one that is not here, nothing.</summary>
    public Dictionary<Guid, JsonObject> Derived { get; } = [];

    /// <summary>The row that stands for a mix that is not there; null where none is needed.</summary>
    public StandIn? StandIn { get; set; }
}

/// <summary>A row for a mix that was never made here: it points at the provider's recording.</summary>
internal sealed record StandIn(Guid Id, KnownRecording Offer, JsonObject Values);
