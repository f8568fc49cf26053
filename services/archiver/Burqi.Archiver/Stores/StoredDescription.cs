using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Stores;

/// <summary>What is known of an object without reading it.</summary>
/// <param name="Size">Its size.</param>
/// <param name="Metadata">What is kept with it.</param>
/// <param name="Tier">One of <see cref="StorageTiers"/>; null where the store has none.</param>
internal sealed record StoredDescription(long Size, IReadOnlyDictionary<string, string> Metadata, string? Tier)
{
    /// <summary>The checksum that the store keeps with it; null where it keeps none, or that of something else.</summary>
    public string? Sha256 { get; init; }
}
