namespace Burqi.Archiver.Stores.Fallback;

/// <summary>How a store is that refuses: a row of <c>archiver.store_states</c>, its times as spans up to now, by the database's clock.</summary>
internal sealed record StoreState
{
    public required string Store { get; init; }

    /// <summary>Since how long every attempt was refused.</summary>
    public required TimeSpan RefusedFor { get; init; }

    /// <summary>How long ago the last of them was.</summary>
    public required TimeSpan LastRefused { get; init; }

    public string? Reason { get; init; }
}
